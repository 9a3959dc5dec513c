package io.supernode.machine;

/** The number format that matrix work runs in. */
public enum Precision {
    BF16,
    INT8
}
