package dev.remora.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remora.agent.template.Limits;
import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.template.Templates;
import dev.remora.agent.template.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ready templates give what their folders say. */
final class ReadyTemplatesTest {
  private static final Path NGINX = Path.of("../templates/nginx-upstreams");

  @TempDir Path directory;

  @Test
  void nginxUpstreamsAreAsExpectedAndMalformedRecordsAreReported() throws IOException {
    TemplateResult result =
        new Templates(new TemplateDirectory(NGINX), Limits.DEFAULT, System::nanoTime)
            .render("upstreams.conf.peb", new Sample(NGINX.resolve("sample.json")));

    assertThat(result).isInstanceOf(TemplateResult.Rendered.class);
    TemplateResult.Rendered rendered = (TemplateResult.Rendered) result;
    assertThat(rendered.text()).isEqualTo(Files.readString(NGINX.resolve("expected.conf")));
    assertThat(rendered.warnings())
        .containsExactly(
            "left out /services/web/web-4: address is not a host name or IP address",
            "left out /services/web/web-5: not JSON");
  }

  @Test
  void nginxAcceptsTheExpectedOutput() throws IOException, InterruptedException {
    Path nginx = Path.of("/usr/sbin/nginx");
    Assumptions.assumeTrue(Files.isExecutable(nginx), "nginx is not installed");
    Path config = directory.resolve("nginx.conf");
    Files.writeString(
        config,
        "pid %s/pid; error_log stderr; events {} http { include %s; }"
            .formatted(directory, NGINX.resolve("expected.conf").toRealPath()));

    Process test =
        new ProcessBuilder(
                nginx.toString(), "-t", "-p", directory.toString(), "-c", config.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(test.waitFor()).as(said).isZero();
  }

  /** A JSON object of keys and values. */
  private static final class Sample implements Values {
    private final TreeMap<String, String> keys;

    Sample(Path file) throws IOException {
      keys = new ObjectMapper().readValue(file.toFile(), new TypeReference<>() {});
    }

    @Override
    public Optional<String> key(String path) {
      return Optional.ofNullable(keys.get(path));
    }

    @Override
    public List<KeyText> tree(String prefix) {
      return keys.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith(prefix))
          .map(entry -> new KeyText(entry.getKey(), entry.getValue()))
          .toList();
    }

    @Override
    public String node() {
      return "sample";
    }

    @Override
    public Optional<String> env(String name) {
      return Optional.empty();
    }

    @Override
    public long ageSeconds() {
      return 0;
    }
  }
}
