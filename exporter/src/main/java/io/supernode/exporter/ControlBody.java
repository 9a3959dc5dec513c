package io.supernode.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a write asks for: one JSON object of names and plain values. Every name is asked for or refused, so that a
 * misspelt one does not pass for one that was left out.
 */
final class ControlBody {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, Object> values = new TreeMap<>();
    private final Set<String> asked = new TreeSet<>();

    private ControlBody() {}

    /** @throws IllegalArgumentException for anything but one object of plain values */
    static ControlBody parse(byte[] json) {
        ControlBody body = new ControlBody();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("must be a JSON object, such as {\"action\":\"pause\"}");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                body.values.put(name, value(name, parser));
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("must be one JSON object and nothing after it");
            }
            return body;
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("must be JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new IllegalArgumentException("must be JSON: " + e.getMessage());
        }
    }

    String text(String name) {
        if (ask(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("must be a text: " + name + "=" + values.get(name));
    }

    boolean has(String name) {
        return ask(name) != null;
    }

    boolean flag(String name, boolean otherwise) {
        Object value = ask(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new IllegalArgumentException("must be true or false: " + name + "=" + value);
    }

    double number(String name, double otherwise) {
        Object value = ask(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Double number && Double.isFinite(number)) {
            return number;
        }
        throw new IllegalArgumentException("must be a number: " + name + "=" + value);
    }

    int whole(String name, int otherwise) {
        double value = number(name, otherwise);
        if (value != (int) value) {
            throw new IllegalArgumentException("must be a whole number: " + name + "=" + value);
        }
        return (int) value;
    }

    /** @throws IllegalArgumentException when there is a name that nothing asked for */
    void requireNothingElse() {
        for (String name : values.keySet()) {
            if (!asked.contains(name)) {
                throw new IllegalArgumentException("unknown here: " + name + ", known: " + String.join(", ", asked));
            }
        }
    }

    private Object ask(String name) {
        asked.add(name);
        return values.get(name);
    }

    private static Object value(String name, JsonParser parser) throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new IllegalArgumentException("must be a text, a number, true or false: " + name);
        };
    }
}
