package io.supernode.ingest;

import java.util.Locale;

/** Sizes of the elements that PyTorch's traces name, by its names and by those of C++. */
final class ElementTypes {
    private ElementTypes() {}

    /** Bytes of one element; -1 for a name that is not known. */
    static int bytes(String type) {
        String name = type.strip().toLowerCase(Locale.ROOT).replace("c10::", "");
        if (name.startsWith("float8") || name.startsWith("fp8")) {
            return 1;
        }
        return switch (name) {
            case "bool", "byte", "char", "signed char", "unsigned char", "int8", "uint8" -> 1;
            case "half", "bfloat16", "short", "short int", "float16", "int16", "uint16", "fp16", "bf16" -> 2;
            case "float", "int", "unsigned int", "float32", "int32", "uint32", "fp32" -> 4;
            case "double", "long", "long int", "unsigned long", "complexfloat", "float64", "int64", "uint64" -> 8;
            case "complexdouble" -> 16;
            default -> -1;
        };
    }
}
