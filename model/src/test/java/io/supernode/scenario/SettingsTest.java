package io.supernode.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.supernode.machine.Collective;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void eachTypeHasItsUnitsAndItsDefault() {
        Settings given = new Settings(Map.of(
                "text", "abc", "count", "4Mi", "time", "10m", "size", "64GiB", "rate", "200Gb/s", "share", "0.5"));
        assertThat(given.text("text", "x")).isEqualTo("abc");
        assertThat(given.count("count", "1")).isEqualTo(4_194_304);
        assertThat(given.nanos("time", "1s")).isEqualTo(600_000_000_000L);
        assertThat(given.bytes("size", "1B")).isEqualTo(64L << 30);
        assertThat(given.bytesPerSecond("rate", "1B/s")).isEqualTo(25e9);
        assertThat(given.ratio("share", "1")).isEqualTo(0.5);
        assertThat(given.number("other", "2.5")).isEqualTo(2.5);
        assertThat(given.choice("choice", Collective.RING)).isEqualTo(Collective.RING);
        given.requireAllRead();
        assertThat(given.effective())
                .containsExactly(
                        Map.entry("text", "abc"),
                        Map.entry("count", "4Mi"),
                        Map.entry("time", "10m"),
                        Map.entry("size", "64GiB"),
                        Map.entry("rate", "200Gb/s"),
                        Map.entry("share", "0.5"),
                        Map.entry("other", "2.5"),
                        Map.entry("choice", "ring"));
    }

    @Test
    void anUnknownKeyIsNamedWithItsNearestKin() {
        Settings settings = new Settings(Map.of("layout.pt", "8"));
        settings.count("layout.tp", "16");
        settings.count("layout.pp", "8");
        settings.count("seed", "1");
        refused("layout.pt", settings::requireAllRead)
                .isEqualTo("unknown key: layout.pt, did you mean layout.pp or layout.tp?");
    }

    @Test
    void aValueThatIsNotWhatItsKeyTakesIsNamedWithBoth() {
        Settings settings = new Settings(Map.of("a", "4Mib", "b", "17", "c", "star", "d", "1.5", "e", " ", "f", "0"));
        refused("a", () -> settings.count("a", "1")).contains("a: ", "4Mib", "such as 8192, 8k or 4Mi");
        refused("b", () -> settings.count("b", "1", 1, 16)).isEqualTo("must be 1 to 16: b=17");
        refused("c", () -> settings.choice("c", Collective.RING))
                .isEqualTo("must be one of ring, tree, hierarchical, direct: c=star");
        refused("d", () -> settings.ratio("d", "1")).isEqualTo("must be above 0 and at most 1: d=1.5");
        refused("e", () -> settings.text("e", "x")).isEqualTo("must not be empty: e");
        refused("f", () -> settings.ratio("f", "1")).contains("f=0");
    }

    private static org.assertj.core.api.AbstractStringAssert<?> refused(String key, ThrowingCallable call) {
        ScenarioException[] thrown = new ScenarioException[1];
        assertThatExceptionOfType(ScenarioException.class).isThrownBy(call).satisfies(e -> thrown[0] = e);
        assertThat(thrown[0].key()).isEqualTo(key);
        return assertThat(thrown[0].getMessage()).doesNotContain("\n");
    }
}
