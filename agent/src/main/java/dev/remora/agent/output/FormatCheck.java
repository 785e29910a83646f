package dev.remora.agent.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.remora.agent.runner.TemplateSpec.Format;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Whether a text is of a format. What is said of one that is not tells the place and never quotes:
 * the text holds values.
 */
final class FormatCheck {
  private static final List<String> REACHING_OUT =
      List.of(
          "http://xml.org/sax/features/external-general-entities",
          "http://xml.org/sax/features/external-parameter-entities",
          "http://apache.org/xml/features/nonvalidating/load-external-dtd");

  private FormatCheck() {}

  /** What is wrong with it; empty if nothing is. */
  static Optional<String> mistake(Format format, byte[] content) {
    try {
      switch (format) {
        case ANY -> {}
        case JSON -> readJson(content);
        case YAML -> readAll(new YAMLFactory(), text(content));
        case TOML -> readToml(content);
        case XML -> readXml(content);
        case PROPERTIES -> new Properties().load(new StringReader(text(content)));
      }
      return Optional.empty();
    } catch (CharacterCodingException _) {
      return Optional.of("is not " + format + ": it is not UTF-8");
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      return Optional.of(
          "is not " + format + (at == null ? "" : place(at.getLineNr(), at.getColumnNr())));
    } catch (SAXParseException e) {
      return Optional.of("is not XML" + place(e.getLineNumber(), e.getColumnNumber()));
    } catch (IOException | SAXException | IllegalArgumentException _) {
      return Optional.of("is not " + format);
    }
  }

  private static String place(int line, int column) {
    return " at line " + line + ", column " + column;
  }

  private static String text(byte[] content) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
  }

  /** One value, and no key twice. */
  private static void readJson(byte[] content) throws IOException {
    JsonFactory strict =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = strict.createParser(text(content))) {
      if (parser.nextToken() == null) {
        throw new IllegalArgumentException("nothing");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw new com.fasterxml.jackson.core.JsonParseException(parser, "more than one value");
      }
    }
  }

  private static void readAll(JsonFactory factory, String text) throws IOException {
    try (JsonParser parser = factory.createParser(text)) {
      parser.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
      while (parser.nextToken() != null) {
        // To its end: each token is checked as it comes.
      }
    }
  }

  private static void readToml(byte[] content) throws IOException {
    new TomlMapper().readTree(text(content));
  }

  /** What an entity names outside the text is not read; how far one grows is bounded. */
  private static void readXml(byte[] content) throws IOException, SAXException {
    try {
      SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      for (String feature : REACHING_OUT) {
        factory.setFeature(feature, false);
      }
      factory
          .newSAXParser()
          .parse(new InputSource(new ByteArrayInputStream(content)), new DefaultHandler());
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("every Java reads XML", e);
    }
  }
}
