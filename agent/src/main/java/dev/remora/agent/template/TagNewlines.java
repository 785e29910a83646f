package dev.remora.agent.template;

/**
 * Drops the newline after a tag or comment and keeps the one after a printed value: what a reader
 * of the template expects, and Jinja's {@code trim_blocks}. Pebble itself drops both or none.
 *
 * <p>The newline is moved inside the tag, before its end, so that no line changes its number.
 */
final class TagNewlines {
  private static final String VERBATIM_END = "endverbatim";

  /** Pebble's {@code "#{x}"} joins strings without a bound, and our {@code ~} does all it does. */
  private static final String INTERPOLATION = "#{";

  private final String name;
  private final String text;
  private final StringBuilder out;
  private int at;

  private TagNewlines(String name, String text) {
    this.name = name;
    this.text = text;
    this.out = new StringBuilder(text.length());
  }

  /** The text of the template of that name, as Pebble shall read it. */
  static String moved(String name, String text) {
    TagNewlines newlines = new TagNewlines(name, text);
    newlines.move();
    return newlines.out.toString();
  }

  private void move() {
    while (at < text.length()) {
      if (text.startsWith("{%", at)) {
        int start = at;
        tag("%}");
        if (text.substring(start, at).replace('-', ' ').strip().matches("\\{%\\s*verbatim\\s*%}")) {
          copyTo(verbatimEnd());
        }
      } else if (text.startsWith("{#", at)) {
        int end = text.indexOf("#}", at + 2);
        closeAt(end < 0 ? text.length() : end);
      } else if (text.startsWith("{{", at)) {
        copyTo(Math.min(text.length(), expressionEnd("}}") + 2));
      } else {
        out.append(text.charAt(at));
        at++;
      }
    }
  }

  private void tag(String close) {
    closeAt(expressionEnd(close));
  }

  /** Copies up to the closing delimiter, then a newline that follows it, then the delimiter. */
  private void closeAt(int end) {
    boolean isTrimmed = end > 0 && end < text.length() && text.charAt(end - 1) == '-';
    copyTo(end);
    int after = Math.min(text.length(), end + 2);
    int newline = newlineLength(after);
    if (newline > 0 && !isTrimmed) {
      out.append(text, after, after + newline).append(text, end, after);
      at = after + newline;
    } else {
      copyTo(after);
    }
  }

  private int newlineLength(int index) {
    if (text.startsWith("\r\n", index)) {
      return 2;
    }
    return text.startsWith("\n", index) ? 1 : 0;
  }

  /** Where the tag or value that starts here closes: strings and brackets inside are skipped. */
  private int expressionEnd(String close) {
    int brackets = 0;
    int i = at + 2;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (brackets == 0 && text.startsWith(close, i)) {
        return i;
      }
      if (c == '"' || c == '\'') {
        i = stringEnd(i);
      } else if (c == '{' || c == '[' || c == '(') {
        brackets++;
      } else if (c == '}' || c == ']' || c == ')') {
        brackets = Math.max(0, brackets - 1);
      }
      i++;
    }
    return text.length();
  }

  private int stringEnd(int start) {
    char quote = text.charAt(start);
    int i = start + 1;
    while (i < text.length() && text.charAt(i) != quote) {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    int end = Math.min(i, text.length() - 1);
    if (quote == '"' && text.substring(start, end).contains(INTERPOLATION)) {
      int line = 1 + (int) text.substring(0, start).chars().filter(c -> c == '\n').count();
      throw new RefusedException("\"#{ }\" in a string is not supported; join with ~", name, line);
    }
    return end;
  }

  private int verbatimEnd() {
    int word = text.indexOf(VERBATIM_END, at);
    int tag = word < 0 ? -1 : text.lastIndexOf("{%", word);
    return tag < at ? text.length() : tag;
  }

  private void copyTo(int end) {
    out.append(text, at, end);
    at = end;
  }
}
