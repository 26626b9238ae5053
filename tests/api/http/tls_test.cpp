#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "api/http/server.hpp"
#include "tests/api/http/certificate.hpp"
#include "tests/api/http/running_server.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::api {
namespace {

namespace net = boost::asio;
namespace ssl = boost::asio::ssl;
using Catch::Contains;
using Stream = ssl::stream<net::ip::tcp::socket>;

// A folder with a certificate in it, and the options of a server that uses it.
struct TlsPlace {
  support::TemporaryFolder folder;

  TlsPlace() { make_certificate(folder.file("cert.pem"), folder.file("key.pem")); }
  ServerOptions options() const {
    ServerOptions made;
    made.tls = TlsFiles{folder.file("cert.pem"), folder.file("key.pem")};
    return made;
  }
};

// What a client gets that verifies the certificate, sends these bytes, and reads until the end.
std::string exchange(const TlsPlace& place, std::uint16_t port, const std::string& bytes) {
  net::io_context io;
  ssl::context context(ssl::context::tls_client);
  context.load_verify_file(place.folder.file("cert.pem"));
  context.set_verify_mode(ssl::verify_peer);
  Stream stream(io, context);
  stream.next_layer().connect({net::ip::address_v4::loopback(), port});
  stream.handshake(Stream::client);
  net::write(stream, net::buffer(bytes));
  std::string answer;
  boost::system::error_code failed;
  net::read(stream, net::dynamic_buffer(answer), failed);
  CHECK(failed == net::error::eof);  // And not ssl::error::stream_truncated: the end was announced.
  return answer;
}

TEST_CASE("over TLS everything is as it is without", "[http]") {
  const TlsPlace place;
  RunningServer server(place.options());
  CHECK(server.server().url() == fmt::format("https://127.0.0.1:{}", server.port()));
  const std::string answers = exchange(
      place, server.port(), post("/1", std::string(100'000, 'x')) + get("/2", "Connection: close\r\n"));
  CHECK_THAT(answers, Contains("POST /1 100000 bytes") && Contains("GET /2 0 bytes"));
}

TEST_CASE("a large answer over TLS arrives whole", "[http]") {
  const TlsPlace place;
  const std::string large(3'000'000, 'y');
  RunningServer server(place.options(), [&](const Request&, std::int64_t) { return Response{200, large}; });
  CHECK(exchange(place, server.port(), get("/", "Connection: close\r\n")).ends_with("\r\n\r\n" + large));
}

TEST_CASE("a client that speaks plain HTTP to a TLS server is turned away, and the next one is served",
          "[http]") {
  const TlsPlace place;
  RunningServer server(place.options());
  Client plain(server.port());
  plain.send(get("/"));
  CHECK_THAT(plain.rest(), !Contains("HTTP/"));
  CHECK_THAT(exchange(place, server.port(), get("/", "Connection: close\r\n")), Contains("GET / 0 bytes"));
}

TEST_CASE("a client that never finishes its handshake is given up", "[http]") {
  const TlsPlace place;
  ServerOptions options = place.options();
  options.timeouts.header = 40ms;
  RunningServer server(std::move(options));
  Client client(server.port());
  CHECK(client.closed_by_server());
}

TEST_CASE("files that are no certificate or key are named", "[http]") {
  const TlsPlace place;
  ServerOptions options = place.options();
  SECTION("a certificate that is not there") {
    options.tls->certificate = "nowhere.pem";
    CHECK_THROWS_WITH(Server(options, echo), Contains("can't use the certificate nowhere.pem: "));
  }
  SECTION("a certificate in place of the key") {
    options.tls->key = options.tls->certificate;
    CHECK_THROWS_WITH(Server(options, echo), Contains("can't use the key ") && Contains("cert.pem: "));
  }
  SECTION("the key of another certificate") {
    make_certificate(place.folder.file("other.pem"), place.folder.file("other_key.pem"));
    options.tls->key = place.folder.file("other_key.pem");
    CHECK_THROWS_WITH(Server(options, echo), Contains("other_key.pem: "));
  }
}

}  // namespace
}  // namespace tidepool::api
