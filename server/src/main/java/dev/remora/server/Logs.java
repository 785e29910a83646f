package dev.remora.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.remora.server.config.ServerConfig;
import java.util.Iterator;
import org.slf4j.LoggerFactory;

/** What is logged, and in which form; {@code logback.xml} has it as it is without a word. */
final class Logs {
  private Logs() {}

  /** From now on as the settings say. */
  static void use(ServerConfig config) {
    if (LoggerFactory.getLogger("dev.remora") instanceof Logger logger) {
      logger.setLevel(Level.toLevel(config.logLevel()));
      if (config.logsJson()) {
        writeJson(logger.getLoggerContext().getLogger(Logger.ROOT_LOGGER_NAME));
      }
    }
  }

  private static void writeJson(Logger root) {
    for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
      if (all.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(root.getLoggerContext());
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMarkers(false);
        encoder.setWithMDC(false);
        encoder.setWithKVPList(false);
        // The text with its values in place, instead of both apart.
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        appender.setEncoder(encoder);
      }
    }
  }
}
