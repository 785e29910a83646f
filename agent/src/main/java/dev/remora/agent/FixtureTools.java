package dev.remora.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remora.agent.fixture.Fixture;
import dev.remora.agent.fixture.FixtureException;
import dev.remora.agent.fixture.FixtureFile;
import dev.remora.agent.fixture.Golden;
import dev.remora.agent.fixture.Recording;
import dev.remora.agent.output.TemplateDirectory;
import dev.remora.agent.registry.EtcdRegistry;
import dev.remora.agent.runner.Reading;
import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.template.Templates;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The tools for those who write templates: {@code test} and {@code record}. */
final class FixtureTools {
  private static final int DIFFERENT = 1;
  private static final int TEMPLATE_FAILED = 3;
  private static final int DATA_MISSING = 4;
  private static final int REGISTRY_FAILED = 7;

  private final PrintStream out;
  private final PrintStream err;

  FixtureTools(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Tests templates without a registry. */
  @Command(
      name = "test",
      sortOptions = false,
      usageHelpAutoWidth = true,
      header = "Tests templates without a registry: renders fixtures and compares.",
      description = {
        "",
        "A fixture is a YAML document; a file may hold several, separated by '---':",
        "",
        "  template: upstreams.conf.peb    # paths are relative to the fixture",
        "  expected: upstreams.conf        # the text that must come out,",
        "  # output: ...                   # or the text itself,",
        "  # error: key /x is missing      # or a part of the message it must fail with",
        "  keys:                           # a map or list is put there as JSON",
        "    /services/web/web-1: {address: 10.0.0.1, port: 80}",
        "    /app/level: info",
        "  # name, node, env, age, given (variables, as the item of a for_each),",
        "  # warnings (all of them, in order)",
        "",
        "Each is told as ok, different (with the difference), or failed. 'agent record' makes a"
            + " fixture of what a registry holds.",
        ""
      },
      footerHeading = "%nExit codes:%n",
      footer = {
        "  0  all are as they must be",
        "  1  one gives another text, or none, or one where it must fail",
        "  2  a fixture is wrong"
      })
  static final class Tester {
    @Parameters(
        paramLabel = "FIXTURE",
        arity = "1..*",
        description = "YAML file, or a directory: its fixture.yaml and those of its directories.")
    private List<Path> fixtures = new ArrayList<>();

    @Option(
        names = "--update",
        description =
            "Write the golden files anew that differ. Read the change before you keep it.")
    private boolean updates;
  }

  /** Makes a fixture of what a registry holds. */
  @Command(
      name = "record",
      sortOptions = false,
      usageHelpAutoWidth = true,
      header = "Makes a fixture of what the registry holds, for 'agent test'.",
      description = {
        "",
        "Renders TEMPLATE once against the registry of --config (default: 127.0.0.1:2379) and"
            + " writes the keys and environment variables it asked for, and no others, to FIXTURE;"
            + " what came out goes beside it. Both hold values and are readable by their owner"
            + " only.",
        ""
      },
      footerHeading = "%nExit codes:%n",
      footer = {
        "  0  written",
        "  2  the command line or the configuration is wrong, or a file is there already",
        "  3  the template fails",
        "  4  a key is missing",
        "  7  the registry gives no answer"
      })
  static final class Recorder {
    @Parameters(index = "0", paramLabel = "TEMPLATE", description = "The template's file.")
    private Path template = Path.of("");

    @Parameters(index = "1", paramLabel = "FIXTURE", description = "The YAML file to be written.")
    private Path fixture = Path.of("");

    @Option(
        names = "--given",
        paramLabel = "NAME=JSON",
        description = "A variable, such as the item of a for_each. May be repeated.")
    private TreeMap<String, String> given = new TreeMap<>();

    @Option(names = "--update", description = "Overwrite files that are there already.")
    private boolean updates;
  }

  int test(Tester wanted) {
    Heap heap = new Heap();
    Golden golden = new Golden(heap.limits(), heap, wanted.updates);
    int code = CommandLine.ExitCode.OK;
    int count = 0;
    for (Path path : wanted.fixtures) {
      try {
        for (Path file : files(path)) {
          for (Fixture fixture : FixtureFile.read(file)) {
            count++;
            code = Math.max(code, told(fixture, golden));
          }
        }
      } catch (FixtureException e) {
        e.problems().forEach(problem -> err.println("error: " + problem));
        code = CommandLine.ExitCode.USAGE;
      } catch (IOException e) {
        err.println("error: " + path + ": " + e.getMessage());
        code = CommandLine.ExitCode.USAGE;
      }
    }
    if (count == 0 && code == CommandLine.ExitCode.OK) {
      err.println("error: no fixture found");
      return CommandLine.ExitCode.USAGE;
    }
    return code;
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (var found = Files.find(path, 2, (file, _) -> file.endsWith("fixture.yaml"))) {
      return found.sorted().toList();
    }
  }

  private int told(Fixture fixture, Golden golden) throws IOException {
    return switch (golden.test(fixture)) {
      case Golden.Verdict.Passed(List<String> warnings) -> {
        out.println("ok         " + fixture.name());
        warnings.forEach(each -> out.println("           warning: " + each));
        yield CommandLine.ExitCode.OK;
      }
      case Golden.Verdict.Updated(Path file) -> {
        out.println("updated    " + fixture.name() + ": " + file);
        yield CommandLine.ExitCode.OK;
      }
      case Golden.Verdict.Different(String why, String diff) -> {
        out.println("different  " + fixture.name() + ": " + why);
        out.print(diff);
        yield DIFFERENT;
      }
      case Golden.Verdict.Failed(String why) -> {
        out.println("failed     " + fixture.name() + ": " + why);
        yield DIFFERENT;
      }
    };
  }

  int record(Recorder wanted, Wiring wiring) {
    TreeMap<String, @Nullable Object> given = new TreeMap<>();
    for (var each : wanted.given.entrySet()) {
      try {
        given.put(each.getKey(), new ObjectMapper().readValue(each.getValue(), Object.class));
      } catch (JsonProcessingException _) {
        return fail("--given " + each.getKey() + ": not JSON", CommandLine.ExitCode.USAGE);
      }
    }
    Path template = wanted.template.toAbsolutePath().normalize();
    if (!Files.isRegularFile(template)) {
      return fail("no readable file " + wanted.template, CommandLine.ExitCode.USAGE);
    }
    Heap heap = new Heap();
    Templates templates =
        new Templates(new TemplateDirectory(directory(template)), heap.limits(), heap);
    AtomicReference<@Nullable Recording> last = new AtomicReference<>();
    Vertx vertx = wiring.vertx();
    try {
      TemplateResult result =
          evaluate(
              vertx,
              wiring,
              values -> {
                Recording recording = new Recording(values);
                last.set(recording);
                return templates.render(String.valueOf(template.getFileName()), given, recording);
              });
      Recording recording = last.get();
      return switch (result) {
        case TemplateResult.Rendered made when recording != null ->
            write(wanted, template, made.text(), recording, given);
        case TemplateResult.Rendered _ -> throw new IllegalStateException("made of nothing");
        case TemplateResult.Missing(_, _, String message, _) -> fail(message, DATA_MISSING);
        case TemplateResult.Failed(_, String message, _) -> fail(message, TEMPLATE_FAILED);
      };
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return fail(String.valueOf(cause.getMessage()), REGISTRY_FAILED);
    } finally {
      var _ = vertx.close();
    }
  }

  private static TemplateResult evaluate(
      Vertx vertx,
      Wiring wiring,
      java.util.function.Function<dev.remora.agent.template.Values, TemplateResult> template) {
    Promise<TemplateResult> done = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(_ -> {
          EtcdRegistry registry = new EtcdRegistry(vertx, wiring.access());
          Future<TemplateResult> result =
              new Reading(registry, wiring.surroundings()).evaluate(template);
          result.onComplete(done);
        });
    return done.future().toCompletionStage().toCompletableFuture().join();
  }

  private int write(
      Recorder wanted,
      Path template,
      String text,
      Recording recording,
      Map<String, @Nullable Object> given) {
    Path fixture = wanted.fixture.toAbsolutePath().normalize();
    String name = String.valueOf(template.getFileName());
    String golden = name.endsWith(".peb") ? name.substring(0, name.length() - 4) : name + ".out";
    String path = directory(fixture).relativize(template).toString();
    try {
      write(fixture, recording.fixture(path, golden, given), wanted.updates);
      write(fixture.resolveSibling(golden), text, wanted.updates);
    } catch (FileAlreadyExistsException e) {
      return fail(e.getFile() + " is there already; --update", CommandLine.ExitCode.USAGE);
    } catch (IOException e) {
      return fail("cannot be written: " + e.getMessage(), CommandLine.ExitCode.USAGE);
    }
    out.println("recorded " + recording.size() + " keys in " + wanted.fixture);
    return CommandLine.ExitCode.OK;
  }

  /** Both files hold values of the registry. */
  private static void write(Path file, String text, boolean overwrites) throws IOException {
    if (overwrites) {
      Files.deleteIfExists(file);
    }
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var channel =
        Files.newByteChannel(
            file, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
      var bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  private static Path directory(Path file) {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  private int fail(String message, int code) {
    err.println("error: " + message);
    return code;
  }
}
