package io.supernode.event;

/** What cards did together. The order is the wire's: append only. */
public enum BusOp {
    /** A transfer of a kind that the source does not name. */
    OTHER,
    ALL_REDUCE,
    ALL_GATHER,
    REDUCE_SCATTER,
    ALL_TO_ALL,
    /** Tokens to the cards that hold their experts. */
    DISPATCH,
    /** Expert results back to the tokens' cards. */
    COMBINE,
    SEND,
    RECEIVE,
    BROADCAST,
    BARRIER,
    /** Keys and values of a prompt, from a prefill card to a decode card. */
    CACHE_TRANSFER
}
