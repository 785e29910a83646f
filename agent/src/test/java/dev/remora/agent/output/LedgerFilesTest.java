package dev.remora.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.agent.render.Ledger;
import dev.remora.agent.runner.LedgerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LedgerFilesTest {
  private static final LedgerStore.Saved LEDGER =
      new LedgerStore.Saved(
          new Ledger("a".repeat(64), "b".repeat(64), null, "c".repeat(64)),
          List.of(Path.of("/etc/made/1.conf"), Path.of("/etc/made/2.conf")),
          "settings");

  @TempDir Path data;

  @Test
  void aLedgerComesBackAsItWasSaved() throws IOException {
    new LedgerFiles(data).save("/etc/nginx/a.conf", LEDGER);

    assertThat(new LedgerFiles(data).load("/etc/nginx/a.conf")).contains(LEDGER);
    assertThat(new LedgerFiles(data).load("/etc/nginx/b.conf")).isEmpty();
  }

  @Test
  void ledgersAreReadableByTheirOwnerOnlyAndStayInTheirDirectory() throws IOException {
    LedgerFiles ledgers = new LedgerFiles(data);

    for (String name : List.of("../../up", "..", ".", "a/b", "ä b")) {
      ledgers.save(name, LEDGER);
    }

    try (Stream<Path> files = Files.list(data.resolve("groups"))) {
      assertThat(files.toList())
          .hasSize(5)
          .allSatisfy(file ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .isEqualTo("rw-------"));
    }
    assertThat(ledgers.load("..")).contains(LEDGER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"written\":7}", "{\"made\":[7,\"../x\"]}", "\0"})
  void aDamagedLedgerIsUnknown(String content) throws IOException {
    LedgerFiles ledgers = new LedgerFiles(data);
    ledgers.save("g", LEDGER);
    Files.writeString(data.resolve("groups/g.json"), content);

    assertThat(ledgers.load("g")).contains(LedgerStore.Saved.UNKNOWN);
  }

  @Test
  void whatACrashLeftHalfWrittenDoesNotStopTheNextSave() throws IOException {
    LedgerFiles ledgers = new LedgerFiles(data);
    Files.writeString(data.resolve("groups/g.json.tmp"), "{\"wri");

    ledgers.save("g", LEDGER);

    assertThat(ledgers.load("g")).contains(LEDGER);
  }
}
