package io.supernode.grafana;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;

/** JSON whose keys keep the order in which they were said, so that the same dashboard gives the same bytes. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** @param entries key, value, key, value */
    static ObjectNode object(Object... entries) {
        ObjectNode node = MAPPER.createObjectNode();
        for (int i = 0; i < entries.length; i += 2) {
            node.set((String) entries[i], MAPPER.valueToTree(entries[i + 1]));
        }
        return node;
    }

    static ArrayNode array(Object... elements) {
        ArrayNode node = MAPPER.createArrayNode();
        for (Object element : elements) {
            node.add(MAPPER.<JsonNode>valueToTree(element));
        }
        return node;
    }

    static ArrayNode array(Collection<ObjectNode> elements) {
        return array(elements.toArray());
    }

    /** The only data source there is: the one that the dashboard's variable names. */
    static ObjectNode datasource() {
        return object("type", "prometheus", "uid", "${datasource}");
    }

    static String text(JsonNode node) {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
        try {
            return MAPPER.writer(printer).writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree in memory can always be written", e);
        }
    }
}
