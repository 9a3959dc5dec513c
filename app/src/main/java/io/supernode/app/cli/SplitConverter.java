package io.supernode.app.cli;

import io.supernode.replay.TraceSplit;
import io.supernode.unit.Quantity;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** When a trace goes on in another file: a size or a length of event time, told apart by the unit. */
final class SplitConverter implements ITypeConverter<TraceSplit> {
    @Override
    public TraceSplit convert(String text) {
        try {
            return text.strip().endsWith("B")
                    ? TraceSplit.everyBytes(Quantity.bytes(text.strip()))
                    : TraceSplit.everyNanos(Quantity.nanos(text));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("must be a size or a time above 0, such as 1GB or 10m: " + text);
        }
    }
}
