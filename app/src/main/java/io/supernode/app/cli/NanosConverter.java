package io.supernode.app.cli;

import io.supernode.unit.Quantity;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time with its unit, in nanoseconds. */
final class NanosConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        long nanos;
        try {
            nanos = Quantity.nanos(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
        if (nanos == 0) {
            throw new TypeConversionException("must be longer than 0");
        }
        return nanos;
    }
}
