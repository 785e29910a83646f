package dev.remora.agent.runner;

import dev.remora.agent.render.Ledger;
import dev.remora.agent.runner.OutputFiles.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The files of one group. Every method blocks, and keeps nothing in memory. */
final class GroupFiles {
  private final OutputFiles files;
  private final LedgerStore ledgers;
  private final BackupStore backups;
  private final GroupSpec spec;
  private final boolean isSingle;
  private final String settings;

  GroupFiles(Ports ports, GroupSpec spec) {
    this.files = ports.files();
    this.ledgers = ports.ledgers();
    this.backups = ports.backups();
    this.spec = spec;
    this.isSingle = spec.templates().size() == 1 && spec.templates().getFirst().forEach() == null;
    this.settings = ContentHash.of(spec.toString());
  }

  /**
   * What earlier lives have left.
   *
   * @param ledger null if nothing was ever written; without a quarantine if the settings of the
   *     group are not what they were then
   * @param made the files that were made of items
   * @param onDisk hash of what is there
   */
  record Left(@Nullable Ledger ledger, List<Path> made, @Nullable String onDisk, int backups) {
    Left {
      made = List.copyOf(made);
    }
  }

  Left left() throws IOException {
    Optional<LedgerStore.Saved> saved = ledgers.load(spec.name());
    List<Path> made = saved.map(LedgerStore.Saved::made).orElse(List.of());
    Ledger ledger = saved.map(this::ledger).orElse(null);
    return new Left(ledger, made, onDisk(made), backups.count(spec.name()));
  }

  private Ledger ledger(LedgerStore.Saved saved) {
    return saved.settings().equals(settings) ? saved.ledger() : saved.ledger().released();
  }

  void save(Ledger ledger, Collection<Path> made) throws IOException {
    ledgers.save(spec.name(), new LedgerStore.Saved(ledger, List.copyOf(made), settings));
  }

  /** Hashes of what is to be and of what is; {@code onDisk} is null if there is no file. */
  record Compared(String hash, @Nullable String onDisk) {}

  /** The files that were made of items. */
  static List<Path> made(List<Output> outputs) {
    return outputs.stream()
        .filter(output -> output.how().forEach() != null)
        .map(Output::destination)
        .toList();
  }

  /**
   * Compares.
   *
   * @param corrects whether modes and owners are seen to where nothing else differs
   */
  Compared compare(List<Output> outputs, Collection<Path> made, boolean corrects)
      throws IOException {
    TreeMap<Path, String> wanted = new TreeMap<>();
    TreeSet<Path> known = new TreeSet<>(made);
    for (Output output : outputs) {
      wanted.put(output.destination(), hash(output));
      known.add(output.destination());
    }
    String hash = String.valueOf(ContentHash.of(wanted, isSingle));
    String onDisk = onDisk(known);
    if (corrects && hash.equals(onDisk)) {
      files.dress(outputs);
    }
    return new Compared(hash, onDisk);
  }

  private String hash(Output output) throws IOException {
    return switch (output.content()) {
      case OutputFiles.Content.Text(String text) -> ContentHash.of(text);
      case OutputFiles.Content.Copy(Path from) -> files.hash(from).orElse("");
    };
  }

  private @Nullable String onDisk(Collection<Path> made) throws IOException {
    return ContentHash.of(hashes(made), isSingle);
  }

  private SortedMap<Path, String> hashes(Collection<Path> made) throws IOException {
    TreeSet<Path> known = new TreeSet<>(made);
    spec.fixedPaths().forEach(path -> known.add(path.toAbsolutePath().normalize()));
    TreeMap<Path, String> hashes = new TreeMap<>();
    for (Path path : known) {
      Optional<String> hash = files.hash(path);
      if (hash.isPresent()) {
        hashes.put(path, hash.get());
      }
    }
    return hashes;
  }

  OutputFiles.Staged stage(List<Output> outputs, Collection<Path> made) throws IOException {
    TreeSet<Path> stale = new TreeSet<>(made);
    outputs.forEach(output -> stale.remove(output.destination()));
    return files.stage(outputs, List.copyOf(stale), spec.isDirectory() && !spec.check().isEmpty());
  }

  /** Why what is staged is not of its format. */
  Optional<String> malformed(List<Output> outputs) throws IOException {
    return files.malformed(outputs);
  }

  /** Keeps what is there, if that is worth it, and puts what is staged in its place. */
  void replace(OutputFiles.Staged staged, boolean keeps, Collection<Path> made) throws IOException {
    if (keeps && spec.backups() > 0) {
      SortedMap<Path, String> before = hashes(made);
      String hash = ContentHash.of(before, isSingle);
      if (hash != null && !before.isEmpty()) {
        List<BackupStore.Kept> kept =
            before.keySet().stream()
                .map(path -> new BackupStore.Kept(path, path, template(path)))
                .toList();
        backups.keep(spec.name(), spec.backups(), hash, kept);
      }
    }
    files.replace(staged);
  }

  /** The template that makes a file; of those with items, the first. */
  private int template(Path path) {
    int items = 0;
    for (int i = spec.templates().size() - 1; i >= 0; i--) {
      TemplateSpec template = spec.templates().get(i);
      if (template.forEach() != null) {
        items = i;
      } else if (template.path().toAbsolutePath().normalize().equals(path)) {
        return i;
      }
    }
    return items;
  }

  /** What is there after the return; {@code hash} is null if there was no earlier version. */
  record Returned(@Nullable String hash, List<Path> made, int backups) {
    Returned {
      made = List.copyOf(made);
    }
  }

  /** Puts the newest earlier version that is not this one back, and forgets that version. */
  Returned restore(String bad, Collection<Path> made) throws IOException {
    BackupStore.Version version = backups.newest(spec.name(), bad).orElse(null);
    if (version == null) {
      return new Returned(null, List.copyOf(made), backups.count(spec.name()));
    }
    List<Output> outputs = new ArrayList<>();
    List<Path> returned = new ArrayList<>();
    for (BackupStore.Kept kept : version.files()) {
      int place = kept.template() < spec.templates().size() ? kept.template() : 0;
      TemplateSpec how = spec.templates().get(place);
      outputs.add(new Output(kept.destination(), new OutputFiles.Content.Copy(kept.copy()), how));
      if (how.forEach() != null) {
        returned.add(kept.destination());
      }
    }
    TreeSet<Path> stale = new TreeSet<>(made);
    outputs.forEach(output -> stale.remove(output.destination()));
    files.replace(files.stage(outputs, List.copyOf(stale), false));
    backups.forget(version);
    return new Returned(onDisk(returned), returned, backups.count(spec.name()));
  }

  int backupCount() throws IOException {
    return backups.count(spec.name());
  }

  void discard(OutputFiles.Staged staged) throws IOException {
    files.discard(staged);
  }
}
