package dev.remora.agent.runner;

import dev.remora.agent.view.GuardSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one group renders, and what is done with it.
 *
 * @param name that of the configuration; of a single template, its destination
 * @param isDirectory whether its check is given a directory of all staged files, not one file
 * @param templates at least one
 * @param check run on what is staged before it replaces the old files; empty for none
 * @param reloads done in order after the files were replaced, until all of them succeed
 * @param guard when a service that became smaller is not believed at once
 * @param settleMin quiet time awaited after a change; each further change begins it anew
 * @param settleMax longest time a change is held back
 * @param verify done after the reload, or null for nothing
 * @param backups how many earlier versions are kept
 * @param reloadLimit most changes that go out, or null for any number
 * @param freezeKey the key of the registry that holds all changes back while it is set, or null
 */
public record GroupSpec(
    String name,
    boolean isDirectory,
    List<TemplateSpec> templates,
    List<String> check,
    Duration checkTimeout,
    List<ReloadSpec> reloads,
    GuardSettings guard,
    Duration settleMin,
    Duration settleMax,
    @Nullable VerifySpec verify,
    int backups,
    @Nullable ReloadLimit reloadLimit,
    @Nullable String freezeKey) {
  public GroupSpec {
    templates = List.copyOf(templates);
    check = List.copyOf(check);
    reloads = List.copyOf(reloads);
    if (templates.isEmpty()) {
      throw new IllegalArgumentException("a group without a template");
    }
  }

  /** The files that are made whatever the registry holds. */
  public List<Path> fixedPaths() {
    return templates.stream()
        .filter(template -> template.forEach() == null)
        .map(TemplateSpec::path)
        .toList();
  }

  /** Whether nobody but the files' owner is to see what the group makes. */
  public boolean isSensitive() {
    return templates.stream().anyMatch(TemplateSpec::isSensitive);
  }
}
