package dev.remora.agent.template;

import io.pebbletemplates.pebble.error.LoaderException;
import io.pebbletemplates.pebble.loader.Loader;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds templates by name, inside the template directory only.
 *
 * <p>The cache key is the text itself, so a changed file is a new template and nothing has to be
 * invalidated.
 */
final class SourceLoader implements Loader<SourceLoader.Source> {
  private final CurrentEvaluation current;

  /** A template as it was read. */
  record Source(String name, String text) {}

  SourceLoader(CurrentEvaluation current) {
    this.current = current;
  }

  @Override
  public Source createCacheKey(String name) {
    Evaluation evaluation = current.get();
    return switch (evaluation.read(normalized(name, evaluation))) {
      case TemplateFiles.Content.Text(String text) -> new Source(name, text);
      case TemplateFiles.Content.Refused(String reason) ->
          throw evaluation.refuse("template " + evaluation.shown(name) + ": " + reason);
    };
  }

  @Override
  public Reader getReader(Source source) {
    return new StringReader(TagNewlines.moved(source.name(), source.text()));
  }

  @Override
  public String resolveRelativePath(String relativePath, String anchorPath) {
    Evaluation evaluation = current.get();
    if (relativePath.startsWith("/")) {
      throw evaluation.refuse(
          "template " + evaluation.shown(relativePath) + ": an absolute path is refused");
    }
    int slash = anchorPath.lastIndexOf('/');
    return normalized(anchorPath.substring(0, slash + 1) + relativePath, evaluation);
  }

  /** The path without {@code .} and {@code ..}; one that leaves the directory is refused. */
  static String normalized(String path, Evaluation evaluation) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..") && segments.isEmpty()) {
        throw evaluation.refuse(evaluation.shown(path) + " is outside of the template directory");
      }
      if (segment.equals("..")) {
        segments.removeLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    if (path.startsWith("/") || segments.isEmpty() || path.indexOf('\0') >= 0) {
      throw evaluation.refuse(
          evaluation.shown(path) + " is not a path below the template directory");
    }
    return String.join("/", segments);
  }

  @Override
  public boolean resourceExists(String name) {
    throw new LoaderException(null, "not asked for");
  }

  @Override
  public void setCharset(String charset) {
    throw new LoaderException(null, "text comes decoded");
  }

  @Override
  public void setPrefix(String prefix) {
    throw new LoaderException(null, "names are whole");
  }

  @Override
  public void setSuffix(String suffix) {
    throw new LoaderException(null, "names are whole");
  }
}
