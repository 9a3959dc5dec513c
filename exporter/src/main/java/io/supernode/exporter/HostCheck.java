package io.supernode.exporter;

import java.net.InetAddress;
import java.util.Locale;

/**
 * Whom a request may be addressed to. A page elsewhere can let its own name resolve to 127.0.0.1 and then read, as its
 * own, what is served there (DNS rebinding); the name that the browser thinks it speaks to is in the Host header. While
 * listening on the loopback interface, only names of the loopback interface are accepted; elsewhere the operator has
 * chosen to be reachable, under names that we cannot know.
 */
final class HostCheck {
    private final boolean loopbackOnly;

    HostCheck(InetAddress listening) {
        this.loopbackOnly = listening.isLoopbackAddress();
    }

    /** @param host the Host header: a name or address, with or without port; null when there is none */
    boolean accepts(String host) {
        if (!loopbackOnly) {
            return true;
        }
        if (host == null) {
            return false;
        }
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("[::1]")
                || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
    }
}
