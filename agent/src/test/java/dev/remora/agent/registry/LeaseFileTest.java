package dev.remora.agent.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeaseFileTest {
  @TempDir private Path directory;

  @Test
  void nothingIsRememberedAtFirst() throws Exception {
    assertThat(new LeaseFile(directory).load()).isEmpty();
  }

  @Test
  void theLastListIsRemembered() throws Exception {
    new LeaseFile(directory).save(List.of(1L, 2L));
    new LeaseFile(directory).save(List.of(2L, Long.MAX_VALUE));

    assertThat(new LeaseFile(directory).load()).containsExactly(2L, Long.MAX_VALUE);
  }

  @Test
  void aDamagedLineIsLeftOut() throws Exception {
    Files.writeString(directory.resolve("leases"), "12\nx\n\n99999999999999999999999\n34");

    assertThat(new LeaseFile(directory).load()).containsExactly(12L, 34L);
  }
}
