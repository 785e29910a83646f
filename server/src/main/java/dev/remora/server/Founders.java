package dev.remora.server;

import dev.remora.server.apply.Member;
import dev.remora.server.apply.MemberIds;
import dev.remora.server.config.ServerConfig;
import dev.remora.server.config.Url;
import java.util.List;

/** The members that a new cluster begins with: every one of them makes the same of its flags. */
final class Founders {
  private Founders() {}

  static List<Member> of(ServerConfig config) {
    return config.initialCluster().stream()
        .map(first -> {
          List<String> urls = Url.texts(first.peerUrls()).stream().sorted().toList();
          long id = MemberIds.member(urls, config.clusterToken());
          return Member.unstarted(id, first.name(), urls, false);
        })
        .toList();
  }
}
