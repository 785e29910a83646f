package dev.remora.agent.template;

import io.pebbletemplates.pebble.attributes.AttributeResolver;
import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.AbstractNodeVisitor;
import io.pebbletemplates.pebble.extension.Extension;
import io.pebbletemplates.pebble.extension.ExtensionCustomizer;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.extension.NodeVisitorFactory;
import io.pebbletemplates.pebble.node.BodyNode;
import io.pebbletemplates.pebble.node.ExtendsNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.IncludeNode;
import io.pebbletemplates.pebble.node.MacroNode;
import io.pebbletemplates.pebble.node.PrintNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.operator.BinaryOperator;
import io.pebbletemplates.pebble.operator.BinaryOperatorImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The template language: Pebble's, less what reaches outside or keeps state, plus our functions.
 *
 * <p>What Pebble brings is taken by name, so that a new version cannot bring in anything unseen.
 */
final class Language extends AbstractExtension {
  private static final List<String> TAGS =
      List.of("block", "extends", "filter", "from", "if", "import", "set");
  private static final List<String> FILTERS =
      List.of(
          "abs",
          "capitalize",
          "escape",
          "first",
          "last",
          "length",
          "lower",
          "raw",
          "title",
          "trim",
          "upper",
          "urlencode");

  /** Kept as it is: Pebble knows it by its class, and lets it catch a missing name. */
  private static final String FILTER_DEFAULT = "default";

  private static final List<String> FUNCTIONS = List.of("max", "min");

  private final CurrentEvaluation current;

  Language(CurrentEvaluation current) {
    this.current = current;
  }

  @Override
  public Map<String, Function> getFunctions() {
    return Functions.all(current);
  }

  @Override
  public Map<String, Filter> getFilters() {
    return Filters.all(current);
  }

  @Override
  public List<AttributeResolver> getAttributeResolver() {
    return List.of(new MapAttributes(current));
  }

  @Override
  public List<NodeVisitorFactory> getNodeVisitors() {
    return List.of(PrintVisitor.factory(current));
  }

  /** Narrows one of Pebble's own extensions. */
  ExtensionCustomizer narrowed(Extension extension) {
    return new Narrowed(extension, current);
  }

  private static final class PrintVisitor extends AbstractNodeVisitor {
    private final CurrentEvaluation current;

    private PrintVisitor(PebbleTemplateImpl template, CurrentEvaluation current) {
      super(template);
      this.current = current;
    }

    static NodeVisitorFactory factory(CurrentEvaluation current) {
      return template -> new PrintVisitor((PebbleTemplateImpl) template, current);
    }

    @Override
    public void visit(PrintNode node) {
      super.visit(node);
      node.setExpression(
          new PrintedExpression(node.getExpression(), node.getLineNumber(), current));
    }
  }

  private static final class Narrowed extends ExtensionCustomizer {
    private final CurrentEvaluation current;

    Narrowed(Extension extension, CurrentEvaluation current) {
      super(extension);
      this.current = current;
    }

    @Override
    public Map<String, Function> getFunctions() {
      return kept(super.getFunctions(), FUNCTIONS);
    }

    @Override
    public Map<String, Filter> getFilters() {
      Map<String, Filter> all = super.getFilters();
      Map<String, Filter> filters = kept(all, FILTERS);
      filters.replaceAll((name, filter) -> Call.bounded(current, name, filter));
      filters.putAll(kept(all, List.of(FILTER_DEFAULT)));
      return filters;
    }

    private static <T> Map<String, T> kept(Map<String, T> all, List<String> names) {
      Map<String, T> kept = new LinkedHashMap<>();
      for (String name : names) {
        T found = all == null ? null : all.get(name);
        if (found != null) {
          kept.put(name, found);
        }
      }
      return kept;
    }

    @Override
    public List<TokenParser> getTokenParsers() {
      List<TokenParser> parsers = new ArrayList<>();
      List<TokenParser> all = super.getTokenParsers();
      for (TokenParser parser : all == null ? List.<TokenParser>of() : all) {
        switch (parser.getTag()) {
          case "for" -> parsers.add(changed(parser, this::loop));
          case "include" -> parsers.add(changed(parser, this::nested));
          case "macro" -> parsers.add(changed(parser, this::macro));
          case "extends" -> parsers.add(changed(parser, this::parent));
          default -> {
            if (TAGS.contains(parser.getTag())) {
              parsers.add(parser);
            }
          }
        }
      }
      return parsers;
    }

    @Override
    public List<BinaryOperator> getBinaryOperators() {
      List<BinaryOperator> all = super.getBinaryOperators();
      return all == null ? List.of() : all.stream().map(this::bounded).toList();
    }

    /** Pebble's operator, done by ours where Pebble's could run or grow without an end. */
    private BinaryOperator bounded(BinaryOperator operator) {
      Supplier<BinaryExpression<?>> ours =
          switch (operator.getSymbol()) {
            case "~" -> () -> new JoinedExpression(current);
            case "+" -> () -> new ArithmeticExpression(current, ArithmeticExpression.Sign.PLUS);
            case "-" -> () -> new ArithmeticExpression(current, ArithmeticExpression.Sign.MINUS);
            case "*" -> () -> new ArithmeticExpression(current, ArithmeticExpression.Sign.TIMES);
            case "==", "equals" -> () -> new EqualExpression(current, true);
            case "!=" -> () -> new EqualExpression(current, false);
            case "contains" -> () -> new ContainedExpression(current);
            default -> operator::createInstance;
          };
      return new BinaryOperatorImpl(
          operator.getSymbol(),
          operator.getPrecedence(),
          ours,
          operator.getType(),
          operator.getAssociativity());
    }

    private RenderableNode loop(RenderableNode node) {
      return node instanceof ForNode parsed ? new LoopNode(parsed, current) : node;
    }

    private RenderableNode parent(RenderableNode node) {
      return node instanceof ExtendsNode parsed ? new ParentNode(parsed, current) : node;
    }

    private RenderableNode nested(RenderableNode node) {
      return node instanceof IncludeNode parsed
          ? new NestedNode(parsed.getLineNumber(), parsed, current)
          : node;
    }

    private RenderableNode macro(RenderableNode node) {
      if (!(node instanceof MacroNode parsed)) {
        return node;
      }
      int line = parsed.getBody().getLineNumber();
      NestedNode body = new NestedNode(line, parsed.getBody(), current);
      return new MacroNode(
          parsed.getName(), parsed.getArgs(), new BodyNode(line, List.<RenderableNode>of(body)));
    }

    private static TokenParser changed(TokenParser parser, UnaryOperator<RenderableNode> change) {
      return new TokenParser() {
        @Override
        public RenderableNode parse(
            io.pebbletemplates.pebble.lexer.Token token,
            io.pebbletemplates.pebble.parser.Parser stream) {
          return change.apply(parser.parse(token, stream));
        }

        @Override
        public String getTag() {
          return parser.getTag();
        }
      };
    }
  }
}
