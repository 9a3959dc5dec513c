package io.supernode.exporter;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;

/**
 * Who may change something. A page of somebody else's, open in the same browser, can send a request here but cannot read
 * the answer, cannot set a header of its own and cannot hide where it comes from: so a write needs our header and the
 * content type of JSON, and must not come from elsewhere. Where others than this machine can reach the port, it needs
 * the token too.
 */
final class WriteCheck {
    static final String HEADER = "X-Supernode";
    private static final String BEARER = "Bearer ";

    /** Why a write is refused. */
    record Refusal(int status, String why) {}

    private final byte[] token;

    /** @param token what a write has to show; empty where none is needed */
    WriteCheck(Optional<String> token) {
        this.token = token.map(t -> t.getBytes(StandardCharsets.UTF_8)).orElse(null);
    }

    boolean needsToken() {
        return token != null;
    }

    Optional<Refusal> refuses(Headers headers) {
        String site = headers.getFirst("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin")) {
            return refusal(403, "must come from this page, not from another site: Sec-Fetch-Site=" + site);
        }
        String origin = headers.getFirst("Origin");
        if (origin != null && !isOwn(origin, headers.getFirst("Host"))) {
            return refusal(403, "must come from this page, not from another origin: Origin=" + origin);
        }
        if (headers.getFirst(HEADER) == null) {
            return refusal(403, "must carry the header " + HEADER + ", such as " + HEADER + ": 1");
        }
        String type = headers.getFirst("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
            return refusal(415, "must be application/json: Content-Type=" + type);
        }
        if (token != null && !shows(headers.getFirst("Authorization"))) {
            return refusal(401, "must show the token: Authorization: Bearer TOKEN; where it is was said at the start");
        }
        return Optional.empty();
    }

    /** Also https, where a proxy in front of this speaks it; the port is part of the origin. */
    private static boolean isOwn(String origin, String host) {
        return host != null
                && (origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host));
    }

    private boolean shows(String authorization) {
        if (authorization == null || !authorization.startsWith(BEARER)) {
            return false;
        }
        byte[] shown = authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(shown, token); // takes as long whatever is shown
    }

    private static Optional<Refusal> refusal(int status, String why) {
        return Optional.of(new Refusal(status, why));
    }
}
