package io.supernode.ingest.kafka;

import java.util.Collection;
import java.util.Map;

/** The topics of a cluster, as far as provisioning needs them. */
interface ClusterTopics {
    /** Those of the named topics that exist, by name. */
    Map<String, TopicState> read(Collection<String> names);

    /** Creates topics; one that has come to exist meanwhile is left as it is. Returns when they can be used. */
    void create(Collection<TopicState> topics);
}
