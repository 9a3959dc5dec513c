package io.supernode.serving;

/**
 * What the equations give at the nominal operating point, without queues and jitter.
 *
 * @param iterationSeconds one decode iteration
 * @param attentionSeconds part of it in attention
 * @param expertSeconds part of it in experts
 * @param dispatchSeconds part of it in dispatches
 * @param combineSeconds part of it in combines
 * @param overheadSeconds part of it in launches and scheduling
 * @param timePerOutputTokenSeconds of each sequence
 * @param decodeTokensPerSecondPerCard output tokens, per decode card
 * @param decodeFlopsPerSecondPerCard operations, drafts included, per decode card
 * @param decodeMemoryBytesPerSecondPerCard memory traffic, per decode card
 * @param busBytesPerSecondPerCard sent in dispatches and combines, per decode card
 * @param prefillTokensPerSecondPerCard prompt tokens, per prefill card, in full batches of nominal prompts
 */
public record NominalServing(
        double iterationSeconds,
        double attentionSeconds,
        double expertSeconds,
        double dispatchSeconds,
        double combineSeconds,
        double overheadSeconds,
        double timePerOutputTokenSeconds,
        double decodeTokensPerSecondPerCard,
        double decodeFlopsPerSecondPerCard,
        double decodeMemoryBytesPerSecondPerCard,
        double busBytesPerSecondPerCard,
        double prefillTokensPerSecondPerCard) {}
