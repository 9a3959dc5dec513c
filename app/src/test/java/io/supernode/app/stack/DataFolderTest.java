package io.supernode.app.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path folder;

    @Test
    void aLaterRunFindsWhatAnEarlierOneLeft() throws IOException {
        Path root = folder.resolve("new/data");
        try (DataFolder data = DataFolder.open(root, false)) {
            Files.createDirectories(data.broker());
            Files.writeString(data.broker().resolve("segment"), "frames");
        }
        try (DataFolder data = DataFolder.open(root, false)) {
            assertThat(data.broker().resolve("segment")).exists();
        }
        try (DataFolder data = DataFolder.open(root, true)) {
            assertThat(data.broker()).doesNotExist();
        }
    }

    @Test
    void oneProcessAtATime() throws IOException {
        try (DataFolder held = DataFolder.open(folder.resolve("data"), false)) {
            assertThatThrownBy(() -> DataFolder.open(held.root(), true))
                    .hasMessageContaining(held.root().toString())
                    .hasMessageContaining("in use");
        }
        DataFolder.open(folder.resolve("data"), false).close();
    }

    @Test
    void foreignFilesAreNeverTouched() throws IOException {
        Path precious = Files.writeString(folder.resolve("thesis.tex"), "years of work");

        assertThatThrownBy(() -> DataFolder.open(folder, true)).hasMessageContaining("not Supernode's");
        assertThatThrownBy(() -> DataFolder.open(precious, true)).hasMessageContaining("not a folder");
        assertThat(precious).hasContent("years of work");
        assertThat(Files.list(folder)).containsExactly(precious);
    }

    @Test
    void onlyOurOwnPartsAreCleared() throws IOException {
        Path root = folder.resolve("data");
        DataFolder.open(root, false).close();
        Path note = Files.writeString(root.resolve("note.txt"), "mine");
        DataFolder.open(root, true).close();

        assertThat(note).hasContent("mine");
    }
}
