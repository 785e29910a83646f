package dev.remora.agent.template;

import java.io.Writer;

/** Collects the result in memory, up to its bound. */
final class OutputWriter extends Writer {
  private final StringBuilder text = new StringBuilder();
  private final Evaluation evaluation;

  OutputWriter(Evaluation evaluation) {
    this.evaluation = evaluation;
  }

  @Override
  public void write(char[] chars, int offset, int length) {
    makeRoom(length);
    text.append(chars, offset, length);
  }

  @Override
  public void write(String part, int offset, int length) {
    makeRoom(length);
    text.append(part, offset, offset + length);
  }

  private void makeRoom(int length) {
    if ((long) text.length() + length > evaluation.outputCharsMax()) {
      throw evaluation.refuse(
          "stopped: the output is longer than " + evaluation.outputCharsMax() + " characters");
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    return text.toString();
  }
}
