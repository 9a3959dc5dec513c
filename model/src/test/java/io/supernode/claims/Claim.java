package io.supernode.claims;

/**
 * A figure that was published, and what the model gives for it.
 *
 * @param claim the figure, as it was published
 * @param reading what it is taken to mean, where that is not said
 * @param value what the model gives, to be held against the bounds
 * @param given the same, as it is shown, with what explains it
 * @param least bound that the model has to keep
 * @param most bound that the model has to keep
 * @param bounds the two as they are shown
 * @param source of the claim
 * @param open what stays ambiguous, or how far the claim carries
 */
record Claim(
        String claim,
        String reading,
        double value,
        String given,
        double least,
        double most,
        String bounds,
        String source,
        String open) {
    String row() {
        return "| " + String.join(" | ", claim, reading, given, bounds, source, open) + " |\n";
    }

    @Override
    public String toString() {
        return claim + " as " + reading;
    }
}
