package io.supernode.ingest;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file's bytes, unpacked where it starts as gzip files do. What unpacks to far more than any recording does is
 * refused: a few kilobytes must not keep a reader busy for an hour.
 */
final class Unpacked extends InputStream {
    /** JSON with many equal lines packs to a fortieth; the format itself allows a thousandth. */
    static final int RATIO_MAX = 200;
    /** Small files may pack better than that. */
    static final long ALWAYS_ALLOWED = 16L << 20;

    private static final int BUFFER = 64 << 10;

    private final RecordingInput packed;
    private final InputStream in;
    private final boolean gzipped;
    private long given;

    private Unpacked(RecordingInput packed, InputStream in, boolean gzipped) {
        this.packed = packed;
        this.in = in;
        this.gzipped = gzipped;
    }

    static Unpacked of(RecordingInput file) throws IOException {
        BufferedInputStream start = new BufferedInputStream(file, BUFFER);
        start.mark(2);
        boolean gzipped = start.read() == 0x1F && start.read() == 0x8B;
        start.reset();
        return new Unpacked(file, gzipped ? new Lazy(start) : start, gzipped);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int n;
        try {
            n = in.read(into, offset, length);
            given += Math.max(0, n);
        } catch (EOFException e) {
            throw new EOFException("the gzip data end too early");
        } catch (ZipException e) {
            throw new ZipException("the gzip data are damaged: " + e.getMessage());
        }
        if (gzipped && given > ALWAYS_ALLOWED && given / RATIO_MAX > packed.bytesRead()) {
            throw new IOException("unpacks to more than " + RATIO_MAX + " times its size");
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Reads the gzip header with the first bytes, so that a bad one is found where bytes are read and not before. */
    private static final class Lazy extends InputStream {
        private final InputStream packed;
        private InputStream in;

        Lazy(InputStream packed) {
            this.packed = packed;
        }

        @Override
        public int read() throws IOException {
            return opened().read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return opened().read(into, offset, length);
        }

        @Override
        public void close() throws IOException {
            packed.close();
        }

        private InputStream opened() throws IOException {
            if (in == null) {
                in = new GZIPInputStream(packed, BUFFER);
            }
            return in;
        }
    }
}
