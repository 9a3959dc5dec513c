package io.supernode.grafana;

/** Grafana's names of units, those that are used. */
enum Unit {
    COUNT("short"),
    SHARE("percentunit"),
    SECONDS("s"),
    BYTES("bytes"),
    BYTES_PER_SECOND("Bps"),
    PER_SECOND("cps"),
    TOKENS_PER_SECOND("suffix: tok/s"),
    TIMES("suffix:x"),
    WATTS("watt"),
    CELSIUS("celsius"),
    HERTZ("hertz");

    private final String id;

    Unit(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }
}
