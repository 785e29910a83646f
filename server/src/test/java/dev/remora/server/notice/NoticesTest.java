package dev.remora.server.notice;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What an outsider can make the log say. */
final class NoticesTest {
  private final LoggerContext context = new LoggerContext();
  private final Logger log = context.getLogger("test");
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();

  @Test
  void soManyAreWrittenAndTheOthersCounted() {
    AtomicLong nanos = new AtomicLong();
    written.start();
    log.addAppender(written);
    Notices notices = new Notices(log, nanos::get);

    for (int i = 0; i < 1_000; i++) {
      notices.warn("refused");
    }
    assertThat(written.list).hasSize(Notices.BURST);
    nanos.addAndGet(Notices.PAUSE.toNanos());
    notices.warn("refused");

    assertThat(written.list.getLast().getFormattedMessage())
        .isEqualTo("refused (990 like this were not written before)");
  }

  @Test
  void aTextWithLineFeedsStaysOneLine() throws Exception {
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(productionConfiguration());
    ConsoleAppender<?> console =
        (ConsoleAppender<?>) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDOUT");
    PatternLayoutEncoder encoder = (PatternLayoutEncoder) console.getEncoder();
    LoggingEvent event =
        new LoggingEvent(
            "", log, ch.qos.logback.classic.Level.WARN, "a\r\nb\0{}", null, new Object[] {"c\nd"});

    String line = new String(encoder.encode(event), StandardCharsets.UTF_8);

    assertThat(line).endsWith("WARN  test - a  b c d\n");
    assertThat(line.lines()).hasSize(1);
  }

  /** The server's own, not that of the tests. */
  private static URL productionConfiguration() throws java.io.IOException {
    Enumeration<URL> found = NoticesTest.class.getClassLoader().getResources("logback.xml");
    return found.nextElement();
  }
}
