package dev.remora.agent.template;

import static dev.remora.agent.template.Rendering.render;
import static dev.remora.agent.template.Rendering.text;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Service records: anybody with write access can put anything there. */
final class RecordsTest {
  @Test
  void instancesAreNarrowedByStatusTagAndZone() {
    FakeValues values =
        new FakeValues()
            .with(
                "/services/web/2",
                json("{'address':'10.0.0.2','port':80,'tags':['v1'],'zone':'a'}"))
            .with("/services/web/1", json("{'address':'10.0.0.1','port':80,'status':'critical'}"))
            .with(
                "/services/web/3",
                json("{'address':'10.0.0.3','port':80,'zone':'b','tags':['v1','x']}"))
            .with("/services/web/4", json("{'address':'10.0.0.4','port':80,'status':'warning'}"))
            .with("/services/web/deep/5", json("{'address':'10.0.0.5','port':80}"));

    assertThat(ids("service('web')", values)).isEqualTo("2 3 ");
    assertThat(ids("service('web', status='any')", values)).isEqualTo("1 2 3 4 ");
    assertThat(ids("service('web', status='critical')", values)).isEqualTo("1 ");
    assertThat(ids("service('web', tag='v1')", values)).isEqualTo("2 3 ");
    assertThat(ids("service('web', tag='x', zone='b')", values)).isEqualTo("3 ");
    assertThat(ids("service('web', zone='')", values)).isEmpty();
    assertThat(ids("service('none')", values)).isEmpty();
  }

  @Test
  void whatARecordLeavesOutHasADefault() {
    FakeValues values =
        new FakeValues()
            .with(
                "/services/web/1", json("{'address':'fd00::1','port':80,'weights':{'warning':5}}"));

    assertThat(
            text(
                "{% for i in service('web') %}{{ i.id }} {{ i.name }} {{ i.endpoint }} {{ i.is_ip"
                    + " }} {{ i.weights.passing }} {{ i.weights.warning }} {{ i.status }} {{ i.zone"
                    + " }}|{{ i.node }}|{{ i.tags | json }} {{ i.meta | json }}{% endfor %}",
                values))
        .isEqualTo("1 web [fd00::1]:80 true 1 5 passing ||[] {}");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, IP",
    "255.255.255.255, IP",
    "256.0.0.1, NONE",
    "10.0.1, NONE",
    "1.2.3.4.5, NONE",
    "'', NONE",
    "::, IP",
    "::1, IP",
    "fd00::6, IP",
    "1:2:3:4:5:6:7:8, IP",
    "1:2:3:4:5:6:7:8:9, NONE",
    "1:2:3:4:5:6:7::8, NONE",
    "1:2:3:4:5:6:7, NONE",
    "1::2::3, NONE",
    ":1:2:3:4:5:6:7, NONE",
    ":::, NONE",
    "12345::, NONE",
    "::ffff:10.0.0.1, IP",
    "10.0.0.1::, NONE",
    "fe80::1%eth0, NAME",
    "fe80::1%, NONE",
    "host, NAME",
    "my_host-1.example.com, NAME",
    "example.com., NAME",
    "a..b, NONE",
    "-a, NONE",
    "'a b', NONE",
    "'a;', NONE",
    "'a\n', NONE",
    "é, NONE"
  })
  void anAddressIsWhatItsCharactersSay(String text, Address address) {
    assertThat(Address.of(text.replace("\\n", "\n"))).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|not a JSON object",
        "{|not JSON",
        "|it is empty",
        "{'port':80}|address is not",
        "{'address':'a b','port':80}|address is not",
        "{'address':'a'}|port is not",
        "{'address':'a','port':'80'}|port is not",
        "{'address':'a','port':65536}|port is not",
        "{'address':'a','port':80.5}|port is not",
        "{'address':'a','port':80,'tags':[1]}|tags is not",
        "{'address':'a','port':80,'meta':[]}|meta is not",
        "{'address':'a','port':80,'status':5}|status is not",
        "{'address':'a','port':80,'zone':[]}|zone is not",
        "{'address':'a','port':80,'weights':{'passing':-1}}|weights are not",
        "{'address':'a','port':80,'weights':{'passing':65536}}|weights are not",
        "{'address':'a','port':80,'weights':5}|weights are not"
      })
  void aMalformedRecordIsLeftOutWithAWarningAndTakesNoOtherWithIt(String record, String warning) {
    FakeValues values =
        new FakeValues()
            .with("/services/web/bad", json(record == null ? "" : record))
            .with("/services/web/good", json("{'address':'10.0.0.1','port':80}"));

    assertThat(render("{% for i in service('web') %}{{ i.id }}{% endfor %}", values))
        .isInstanceOfSatisfying(
            TemplateResult.Rendered.class,
            made -> {
              assertThat(made.text()).isEqualTo("good");
              assertThat(made.warnings())
                  .singleElement()
                  .asString()
                  .startsWith("left out /services/web/bad: ")
                  .contains(warning);
            });
  }

  /** Quotes are easier to read like this. */
  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static String ids(String call, FakeValues values) {
    return text("{% for i in " + call + " %}{{ i.id }} {% endfor %}", values);
  }
}
