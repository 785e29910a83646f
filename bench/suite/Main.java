import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs all experiments in interleaved rounds, and writes down what came out. */
final class Main {
  private static final List<String> PROGRAMS = List.of("etcd", "wrk");

  private Main() {}

  /**
   * Exits with 2 if the command line is wrong, with 1 if something could not be measured.
   *
   * @param arguments the checkout, then the command line
   */
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    List<String> flags = List.of(arguments).subList(1, arguments.length);
    if (flags.contains("--help") || flags.contains("-h")) {
      System.out.print(Settings.USAGE);
      return;
    }
    Settings settings;
    try {
      settings = Settings.of(flags, root);
    } catch (IllegalArgumentException e) {
      System.err.println("bench/all: " + e.getMessage() + "\n" + Settings.USAGE);
      System.exit(2);
      return;
    }
    if (settings.isDrawnOnly()) {
      draw(Results.read(settings.out().resolve("results.tsv")), settings.out());
      return;
    }
    for (String program : PROGRAMS) {
      if (!isOnPath(program)) {
        System.err.println(
            "bench/all: " + program + " is not on the PATH (apt-get install etcd-server wrk)");
        System.exit(1);
      }
    }
    try {
      System.exit(measure(root, settings) ? 0 : 1);
    } catch (InterruptedException e) {
      System.err.println("bench/all: ended; what was measured is in " + settings.out());
    }
  }

  private static boolean measure(Path root, Settings settings)
      throws IOException, InterruptedException {
    // On the disk of the checkout: elsewhere may be memory, where an fsync costs nothing.
    Path target = Files.createDirectories(root.resolve("target"));
    Path dir = Files.createTempDirectory(target, "bench-");
    Processes processes = new Processes(dir);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(processes, dir)));
    boolean hasZooKeeper = ZooKeeper.isInstalled();
    if (!hasZooKeeper) {
      Bench.tell("ZooKeeper is left out: it is not in /usr/share/java (apt-get install zookeeper)");
    }
    Files.createDirectories(settings.out());
    Map<String, String> facts = Machine.facts(root, dir, processes, hasZooKeeper);
    facts.put("rounds", settings.rounds() + " of " + settings.seconds() + " s");
    Results results = Results.begin(settings.out().resolve("results.tsv"), facts);
    Bench bench = new Bench(root, dir, processes, new Http(), results, settings);
    List<Experiment> experiments =
        List.of(
            new Throughput(bench, hasZooKeeper),
            new FanOut(bench),
            new Keys(bench),
            new Failover(bench),
            new FileLatency(bench));
    List<String> failures = new ArrayList<>();
    for (Experiment experiment : experiments) {
      if (settings.isWanted(experiment.name())) {
        run(experiment, settings.rounds(), processes, failures);
        draw(results, settings.out());
      }
    }
    results.addFact("load after", Machine.load());
    draw(results, settings.out());
    failures.forEach(failure -> Bench.tell("FAILED " + failure));
    Bench.tell("written: " + settings.out().resolve("table.md"));
    return failures.isEmpty();
  }

  private static void run(
      Experiment experiment, int rounds, Processes processes, List<String> failures)
      throws InterruptedException {
    for (int round = 1; round <= rounds; round++) {
      for (int memberCount : experiment.memberCounts()) {
        for (Kind kind : experiment.kinds()) {
          String what =
              "%s, round %d of %d, %s, %d member(s)"
                  .formatted(experiment.name(), round, rounds, kind.label, memberCount);
          Bench.tell(what);
          try {
            experiment.run(kind, memberCount, round);
          } catch (IOException e) {
            if (processes.isClosed()) {
              throw new InterruptedException("ended from outside");
            }
            failures.add(what + ": " + e);
            Bench.tell("FAILED " + failures.getLast());
          }
        }
      }
    }
  }

  private static void draw(Results results, Path out) throws IOException {
    new Table(results).write(out.resolve("table.md"));
    new Plots(results, out).write();
  }

  private static boolean isOnPath(String program) {
    for (String directory : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  private static void end(Processes processes, Path dir) {
    processes.close();
    try {
      Bench.delete(dir);
    } catch (IOException e) {
      System.err.println("bench/all: " + dir + " could not be removed: " + e);
    }
  }
}
