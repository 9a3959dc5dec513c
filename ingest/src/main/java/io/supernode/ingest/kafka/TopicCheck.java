package io.supernode.ingest.kafka;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How the topics of a cluster compare with the catalogue.
 *
 * @param missing names of topics that do not exist
 * @param differences what stands in the way of using the topics that do
 * @param notes what is other than the catalogue has it and does no harm, a line each
 */
public record TopicCheck(List<String> missing, List<TopicDifference> differences, List<String> notes) {
    public TopicCheck {
        missing = List.copyOf(missing);
        differences = List.copyOf(differences);
        notes = List.copyOf(notes);
    }

    public boolean usable() {
        return missing.isEmpty() && differences.isEmpty();
    }

    /** @throws KafkaSettingsException naming all that is missing or different */
    public void requireUsable() {
        if (!usable()) {
            String absent = missing.isEmpty() ? "" : "topics are missing: " + String.join(", ", missing) + "; ";
            String other = differences.isEmpty()
                    ? ""
                    : "topics are set up otherwise: "
                            + differences.stream()
                                    .map(TopicDifference::toString)
                                    .collect(Collectors.joining("; "))
                            + "; ";
            throw new KafkaSettingsException(
                    absent + other + "accepted: topics as 'supernode topics create' makes them");
        }
    }
}
