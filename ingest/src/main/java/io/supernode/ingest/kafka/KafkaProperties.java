package io.supernode.ingest.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/** Reads and checks Kafka client properties before a client is made of them. */
final class KafkaProperties {
    /** A host name, an IPv4 address or an IPv6 address in brackets, and a port. */
    private static final Pattern ADDRESS = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+]):(\\d{1,5})");

    /** What the books stand on: every frame arrives once, in order, in the partition chosen for it. */
    private static final Map<String, String> FIXED = Map.of(
            ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");

    private static final Set<String> OURS = Set.of(
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.PARTITIONER_CLASS_CONFIG);

    private static final List<ConfigDef> CLIENTS =
            List.of(ProducerConfig.configDef(), ConsumerConfig.configDef(), AdminClientConfig.configDef());
    private static final Set<String> KNOWN = knownKeys();

    private KafkaProperties() {}

    /** Every key that some Kafka client knows. */
    static Set<String> known() {
        return KNOWN;
    }

    static Map<String, String> read(Path file) {
        String accepted = "; accepted: a file of Kafka client properties, key=value on each line, UTF-8";
        Properties properties = new Properties();
        try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(text);
        } catch (NoSuchFileException e) {
            throw new KafkaSettingsException(file + ": no such file" + accepted, e);
        } catch (CharacterCodingException e) {
            throw new KafkaSettingsException(file + ": is not UTF-8 text" + accepted, e);
        } catch (IllegalArgumentException e) { // a backslash and u without four hexadecimal digits
            throw new KafkaSettingsException(file + ": " + e.getMessage() + accepted, e);
        } catch (IOException e) {
            String what = Files.isDirectory(file) ? "is a folder" : "cannot be read";
            throw new KafkaSettingsException(file + ": " + what + accepted, e);
        }
        Map<String, String> read = new TreeMap<>();
        properties
                .stringPropertyNames()
                .forEach(key -> read.put(key, properties.getProperty(key).strip()));
        requireUsable(file.toString(), read);
        return read;
    }

    /** Keys that are ours to set, values that Kafka would refuse, and near misses of a key fail here. */
    static void requireUsable(String where, Map<String, String> entries) {
        entries.forEach((key, value) -> {
            if (OURS.contains(key) || !FIXED.getOrDefault(key, value).equals(value)) {
                throw new KafkaSettingsException(where + ": must stay "
                        + FIXED.getOrDefault(key, "as supernode sets it") + ": " + key
                        + "; accepted: leave it out");
            }
            if (!KNOWN.contains(key)) {
                // keys of plug-ins are theirs to know; a near miss of Kafka's own is a slip
                KNOWN.stream()
                        .filter(known -> oneSlipApart(known, key))
                        .findFirst()
                        .ifPresent(known -> {
                            throw new KafkaSettingsException(where + ": unknown key: " + key + "; accepted: " + known);
                        });
            }
            requireAccepted(where, key, value);
        });
    }

    static void requireNoSecrets(Map<String, String> overrides) {
        for (String key : overrides.keySet()) {
            if (isSecret(key)) {
                throw new KafkaSettingsException("must not be given in the open, where other users of the machine can"
                        + " read it: " + key + "; accepted: in the file of --kafka-config");
            }
        }
    }

    /** The address as it is, when every part of it is {@code HOST:PORT}. */
    static String address(String bootstrap) {
        List<String> parts = new ArrayList<>();
        for (String part : bootstrap.split(",", -1)) {
            var match = ADDRESS.matcher(part.strip());
            int port = match.matches() ? Integer.parseInt(match.group(1)) : -1;
            if (port < 1 || port > 65535) {
                throw new KafkaSettingsException("is not the address of a broker: " + bootstrap
                        + "; accepted: HOST:PORT, or several with commas, port 1 to 65535");
            }
            parts.add(part.strip());
        }
        return String.join(",", parts);
    }

    private static boolean isSecret(String key) {
        return CLIENTS.stream()
                .map(client -> client.configKeys().get(key))
                .anyMatch(known -> known != null && known.type == ConfigDef.Type.PASSWORD);
    }

    private static void requireAccepted(String where, String key, String value) {
        for (ConfigDef client : CLIENTS) {
            ConfigDef.ConfigKey known = client.configKeys().get(key);
            if (known == null) {
                continue;
            }
            try {
                Object parsed = ConfigDef.parseType(key, value, known.type);
                if (known.validator != null) {
                    known.validator.ensureValid(key, parsed);
                }
            } catch (RuntimeException e) { // Kafka's message holds the value, which may be secret
                String shown = known.type == ConfigDef.Type.PASSWORD ? "(hidden)" : value;
                throw new KafkaSettingsException(
                        where + ": not a value for this key: " + key + "=" + shown + "; accepted: "
                                + (known.validator == null
                                        ? known.type.name().toLowerCase(Locale.ROOT)
                                        : known.validator.toString()),
                        e);
            }
            return;
        }
    }

    /** Whether one is the other with a letter more, less, other, or two neighbours swapped. */
    private static boolean oneSlipApart(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 1) {
            return false;
        }
        int from = 0;
        int shorter = Math.min(a.length(), b.length());
        while (from < shorter && a.charAt(from) == b.charAt(from)) {
            from++;
        }
        String restOfA = a.substring(from);
        String restOfB = b.substring(from);
        return tail(restOfA, 1).equals(tail(restOfB, 1))
                || tail(restOfA, 1).equals(restOfB)
                || restOfA.equals(tail(restOfB, 1))
                || tail(restOfA, 2).equals(tail(restOfB, 2))
                        && restOfA.length() > 1
                        && restOfB.length() > 1
                        && restOfA.charAt(0) == restOfB.charAt(1)
                        && restOfA.charAt(1) == restOfB.charAt(0);
    }

    private static String tail(String text, int from) {
        return text.substring(Math.min(from, text.length()));
    }

    private static Set<String> knownKeys() {
        Set<String> keys = new TreeSet<>();
        CLIENTS.forEach(client -> keys.addAll(client.names()));
        return Set.copyOf(keys);
    }
}
