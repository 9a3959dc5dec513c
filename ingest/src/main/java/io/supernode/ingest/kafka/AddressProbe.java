package io.supernode.ingest.kafka;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** Finds out why no broker answered, which the Kafka client does not tell: it only says that time is up. */
final class AddressProbe {
    private static final int PATIENCE_MILLIS = 1000;
    private static final int MOST_ADDRESSES = 2;

    private AddressProbe() {}

    /** A few words for the first addresses of {@code bootstrap}; takes at most 2 s. */
    static String reason(String bootstrap, Throwable kafkaSays) {
        Set<String> reasons = new LinkedHashSet<>();
        String[] addresses = bootstrap.split(",");
        for (int i = 0; i < Math.min(MOST_ADDRESSES, addresses.length); i++) {
            reasons.add(probe(addresses[i], kafkaSays));
        }
        return String.join(", ", reasons);
    }

    /** Whether no address of {@code bootstrap} names a host that can be found. */
    static boolean noneKnown(String bootstrap) {
        return Arrays.stream(bootstrap.split(","))
                .allMatch(address -> target(address).isUnresolved());
    }

    private static InetSocketAddress target(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replace("[", "").replace("]", "");
        return new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
    }

    private static String probe(String address, Throwable kafkaSays) {
        InetSocketAddress target = target(address);
        if (target.isUnresolved()) {
            return "host not known: " + target.getHostString();
        }
        try (Socket socket = new Socket()) {
            socket.connect(target, PATIENCE_MILLIS);
            return "something listens there, but does not speak Kafka as this client is set up to (TLS, SASL?): "
                    + kafkaSays.getMessage();
        } catch (ConnectException e) {
            return "connection refused";
        } catch (SocketTimeoutException e) {
            return "no answer to the attempt to connect";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
