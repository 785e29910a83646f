package dev.remora.agent.template;

/**
 * A place in a template, as an editor shows it.
 *
 * @param file path below the template directory
 * @param line from 1; 0 if only the file is known
 * @param column from 1; 0 if only the line is known
 */
public record Position(String file, int line, int column) {
  @Override
  public String toString() {
    if (line == 0) {
      return file;
    }
    return column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
  }
}
