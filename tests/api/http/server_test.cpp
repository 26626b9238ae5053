#include "api/http/server.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/api/http/running_server.hpp"

namespace tidepool::api {
namespace {

using Catch::Contains;

ServerOptions hasty(Timeouts::Span Timeouts::*which, Timeouts::Span span = 40ms) {
  ServerOptions options;
  options.timeouts.*which = span;
  return options;
}

// ---- One request ----

TEST_CASE("an answer has a length, a type, a date, an id and the server's name", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send(post("/things?limit=2", "hello"));
  const Answer answer = client.receive();
  CHECK(answer.status == 200);
  CHECK_THAT(answer.head, Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.body == "POST /things?limit=2 5 bytes");
  CHECK(answer.header("Content-Length") == "28");
  CHECK(answer.header("Content-Type") == "application/json;charset=UTF-8");
  CHECK(answer.header("Server") == "tidepool");
  CHECK_THAT(answer.header("Date"), Catch::EndsWith(" GMT"));
  CHECK(answer.header("Connection").empty());
}

TEST_CASE("headers of request and response pass through", "[http]") {
  RunningServer server({}, [](const Request& request, std::int64_t) {
    Response response{201, std::string(request.header("x-AUTH-token"))};
    response.headers.emplace_back("X-Subject-Token", "abc");
    return response;
  });
  Client client(server.port());
  client.send(get("/", "X-Auth-Token:  secret \r\n"));
  const Answer answer = client.receive();
  CHECK(answer.status == 201);
  CHECK(answer.body == "secret");
  CHECK(answer.header("X-Subject-Token") == "abc");
}

TEST_CASE("a 204 has neither body nor length", "[http]") {
  RunningServer server({}, [](const Request&, std::int64_t) { return Response{204, ""}; });
  Client client(server.port());
  client.send(get("/"));
  const Answer answer = client.receive_head();
  CHECK_THAT(answer.head, Catch::StartsWith("HTTP/1.1 204 No Content\r\n"));
  CHECK(answer.header("Content-Length").empty());
  CHECK(answer.header("Content-Type").empty());
}

TEST_CASE("HEAD is answered like GET, without the body", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
  const Answer head = client.receive_head();
  CHECK(head.status == 200);
  CHECK(head.header("Content-Length") == "14");
  client.send(get("/x"));
  CHECK(client.receive().body == "GET /x 0 bytes");
}

TEST_CASE("a request by absolute URL is one for its path", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send(get("http://as.test/a/b?c=d"));
  CHECK(client.receive().body == "GET /a/b?c=d 0 bytes");
}

TEST_CASE("a handler that throws is an internal error, and the connection goes on", "[http]") {
  RunningServer server({}, [](const Request& request, std::int64_t wall_us) {
    if (request.target == "/bad") throw std::runtime_error("out of luck");
    return echo(request, wall_us);
  });
  Client client(server.port());
  client.send(get("/bad") + get("/good"));
  const Answer bad = client.receive();
  CHECK(bad.status == 500);
  CHECK_THAT(bad.body, Contains("AS.0001") && Contains("out of luck"));
  CHECK(client.receive().status == 200);
}

TEST_CASE("the wall clock is the present and never goes back", "[http]") {
  std::int64_t last = 0;
  bool ordered = true;
  {
    RunningServer server({}, [&](const Request& request, std::int64_t wall_us) {
      ordered = ordered && wall_us >= last;
      last = wall_us;
      return echo(request, wall_us);
    });
    Client client(server.port());
    for (int i = 0; i < 20; ++i) client.send(get("/"));
    for (int i = 0; i < 20; ++i) client.receive();
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  CHECK(ordered);
  CHECK(std::abs(std::chrono::duration_cast<std::chrono::microseconds>(now).count() - last) < 60'000'000);
}

// ---- Request ids ----

TEST_CASE("a sane request id is echoed, any other is replaced by the numbers of connection and request",
          "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send(get("/", "X-Request-Id: req-7f/3.a\r\n") + get("/", "X-Request-Id: a b\r\n") + get("/"));
  CHECK(client.receive().header("X-Request-Id") == "req-7f/3.a");
  CHECK(client.receive().header("X-Request-Id") == "00000001-00000002");
  CHECK(client.receive().header("X-Request-Id") == "00000001-00000003");
  Client other(server.port());
  other.send(get("/"));
  CHECK(other.receive().header("X-Request-Id") == "00000002-00000001");
}

// ---- Connections ----

TEST_CASE("a connection stays open for the next request", "[http]") {
  RunningServer server;
  Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get(fmt::format("/{}", i)));
    CHECK(client.receive().body == fmt::format("GET /{} 0 bytes", i));
  }
}

TEST_CASE("the connection is closed for those who wish it", "[http]") {
  const auto request = GENERATE(as<std::string>(), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                                "GET / HTTP/1.0\r\n\r\n");
  CAPTURE(request);
  RunningServer server;
  Client client(server.port());
  client.send(request);
  const Answer answer = client.receive();
  CHECK(answer.status == 200);
  CHECK(answer.header("Connection") == "close");
  CHECK(client.closed_by_server());
}

TEST_CASE("a client of HTTP/1.0 can keep its connection", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(client.receive().header("Connection") == "keep-alive");
  client.send("GET /2 HTTP/1.0\r\n\r\n");
  CHECK(client.receive().body == "GET /2 0 bytes");
}

TEST_CASE("sixteen pipelined requests are answered in their order", "[http]") {
  RunningServer server;
  Client client(server.port());
  std::string all;
  for (int i = 0; i < 16; ++i)
    all += post(fmt::format("/{}", i), std::string(static_cast<std::size_t>(i) * 99, 'x'));
  client.send(all);
  for (int i = 0; i < 16; ++i) CHECK(client.receive().body == fmt::format("POST /{} {} bytes", i, i * 99));
}

TEST_CASE("requests behind a Connection: close are not answered", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send(get("/1", "Connection: close\r\n") + get("/2"));
  CHECK(client.receive().body == "GET /1 0 bytes");
  CHECK(client.closed_by_server());
}

TEST_CASE("a client that has said all and only listens gets its answers", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send(get("/1") + get("/2"));
  client.half_close();
  CHECK(client.receive().status == 200);
  CHECK(client.receive().body == "GET /2 0 bytes");
  CHECK(client.closed_by_server());
}

TEST_CASE("sixty-four connections are kept alive side by side", "[http]") {
  RunningServer server;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 64; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) clients[i]->send(get(fmt::format("/{}/{}", round, i)));
    for (std::size_t i = 0; i < clients.size(); ++i)
      CHECK(clients[i]->receive().body == fmt::format("GET /{}/{} 0 bytes", round, i));
  }
}

TEST_CASE("an answer larger than any buffer arrives whole, however slowly it is taken", "[http]") {
  const std::string large(std::size_t{16} << 20, 'y');
  RunningServer server({}, [&](const Request&, std::int64_t) { return Response{200, large}; });
  Client client(server.port());
  client.send(get("/1") + get("/2"));
  std::this_thread::sleep_for(20ms);
  CHECK(client.receive().body == large);
  CHECK(client.receive().body == large);
}

// ---- Bodies ----

TEST_CASE("a chunked body is put together", "[http]") {
  RunningServer server({}, [](const Request& request, std::int64_t) {
    return Response{200, std::string(request.body)};
  });
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  std::this_thread::sleep_for(10ms);
  client.send("7;x=y\r\n, world\r\n0\r\nTrailer: z\r\n\r\n" + get("/"));
  CHECK(client.receive().body == "hello, world");
  CHECK(client.receive().status == 200);
}

TEST_CASE("a client that asks before it sends its body is told to go on", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.receive_head().head == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  CHECK(client.receive().body == "POST / 5 bytes");
}

TEST_CASE("a client that sends its body unasked is not told to go on", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send(post("/", "hello", "Expect: 100-continue\r\n"));
  CHECK(client.receive().status == 200);
}

TEST_CASE("a body as long as the limit is taken, one byte more is refused unread", "[http]") {
  ServerOptions options;
  options.limits.body_bytes = 100'000;
  RunningServer server(std::move(options));
  Client client(server.port());
  client.send(post("/", std::string(100'000, 'x')));
  CHECK(client.receive().body == "POST / 100000 bytes");
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n");
  const Answer refusal = client.receive();
  CHECK(refusal.status == 413);
  CHECK(refusal.header("Connection") == "close");
  CHECK(client.closed_by_server());
}

TEST_CASE("the refusal of a long body reaches a client that sends all of it", "[http]") {
  ServerOptions options;
  options.limits.body_bytes = 1000;
  RunningServer server(std::move(options));
  Client client(server.port());
  client.send(post("/", std::string(2'000'000, 'x')));
  CHECK(client.receive().status == 413);
}

TEST_CASE("chunks may not add up to more than the limit either", "[http]") {
  ServerOptions options;
  options.limits.body_bytes = 8;
  RunningServer server(std::move(options));
  Client client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n");
  CHECK(client.receive().status == 413);
}

TEST_CASE("a truncated body is refused", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  client.half_close();
  const Answer refusal = client.receive();
  CHECK(refusal.status == 400);
  CHECK_THAT(refusal.body, Contains("AS.0022") && Contains("before it is complete"));
  CHECK(client.closed_by_server());
}

// ---- Requests that can't be read ----

TEST_CASE("what is no request of HTTP/1 is refused, and the connection closed", "[http]") {
  struct Row {
    const char* sent;
    int status;
  };
  const auto row = GENERATE(values<Row>({
      {"\x16\x03\x01\x02\x01\x01", 400},
      {"GET\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTX/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"G\tT / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: cake\r\n\r\na", 417},
  }));
  CAPTURE(row.sent);
  RunningServer server;
  Client client(server.port());
  client.send(row.sent);
  const Answer refusal = client.receive();
  CHECK(refusal.status == row.status);
  CHECK(refusal.header("Connection") == "close");
  CHECK_THAT(refusal.body, Contains("AS.0022"));
  CHECK(client.closed_by_server());
}

TEST_CASE("an unknown transfer coding or version of HTTP is the client's fault, and told by its name",
          "[http]") {
  const auto [sent, named, expected] = GENERATE(table<const char*, const char*, const char*>(
      {{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "Transfer-Encoding", "chunked"},
       {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "HTTP/2.0", "HTTP/1.1 or HTTP/1.0"},
       {"GET / HTTP/9.9\r\nHost: a\r\n\r\n", "HTTP/9.9", "HTTP/1.1 or HTTP/1.0"}}));
  RunningServer server;
  Client client(server.port());
  client.send(sent);
  const Answer refusal = client.receive();
  CHECK(refusal.status == 400);
  CHECK_THAT(refusal.body, Contains(named) && Contains(expected));
}

TEST_CASE("requests ahead of an unreadable one are answered first", "[http]") {
  RunningServer server;
  Client client(server.port());
  client.send(get("/1") + "rubbish\r\n\r\n");
  CHECK(client.receive().body == "GET /1 0 bytes");
  CHECK(client.receive().status == 400);
}

TEST_CASE("a header over the limit is refused, sent at once or in small pieces", "[http]") {
  const auto pieces = GENERATE(1, 40);
  RunningServer server;
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  const int each = 20'000 / pieces;
  for (int i = 0; i < pieces; ++i)
    client.send(fmt::format("X-{}: {}\r\n", i, std::string(static_cast<std::size_t>(each), 'x')));
  CHECK(client.receive().status == 431);
  CHECK(client.closed_by_server());
}

// ---- Time ----

TEST_CASE("a client that sends a byte at a time is understood", "[http]") {
  RunningServer server;
  Client client(server.port());
  for (const char c : post("/slow", "hello")) {
    client.send({&c, 1});
    std::this_thread::sleep_for(200us);
  }
  CHECK(client.receive().body == "POST /slow 5 bytes");
}

TEST_CASE("an idle connection is closed without a word", "[http]") {
  RunningServer server(hasty(&Timeouts::idle));
  Client fresh(server.port());
  Client used(server.port());
  used.send(get("/"));
  CHECK(used.receive().status == 200);
  CHECK(fresh.closed_by_server());
  CHECK(used.closed_by_server());
}

TEST_CASE("a client that does not finish its header in time is told so", "[http]") {
  RunningServer server(hasty(&Timeouts::header));
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHo");
  const Answer refusal = client.receive();
  CHECK(refusal.status == 408);
  CHECK(refusal.header("Connection") == "close");
  CHECK(client.closed_by_server());
}

TEST_CASE("a client that dribbles its body is told that it took too long", "[http]") {
  RunningServer server(hasty(&Timeouts::body));
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
  for (int i = 0; i < 12; ++i) {
    client.send("x");
    std::this_thread::sleep_for(10ms);
  }
  CHECK(client.receive().status == 408);
}

TEST_CASE("a client that never takes its answer is given up", "[http]") {
  std::atomic<int> lines = 0;
  ServerOptions options = hasty(&Timeouts::write);
  const std::string large(std::size_t{16} << 20, 'y');
  RunningServer server(std::move(options), [&](const Request&, std::int64_t) {
    ++lines;
    return Response{200, large};
  });
  Client client(server.port());
  client.send(get("/"));
  std::this_thread::sleep_for(150ms);
  CHECK(client.rest().size() < large.size());
}

TEST_CASE("time between requests does not count against the next one", "[http]") {
  ServerOptions options;
  options.timeouts.header = options.timeouts.body = 60ms;
  RunningServer server(std::move(options));
  Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    CHECK(client.silent_for(80ms));
    client.send(get("/"));
    CHECK(client.receive().status == 200);
  }
}

// ---- The end ----

TEST_CASE("a server that is stopped closes idle connections and takes no more", "[http]") {
  RunningServer server;
  Client idle(server.port());
  idle.send(get("/"));
  CHECK(idle.receive().status == 200);
  server.stop();
  CHECK(idle.closed_by_server());
  server.wait();
  CHECK_THROWS(Client(server.port()));
}

TEST_CASE("a request in flight is answered before the server ends", "[http]") {
  RunningServer server(hasty(&Timeouts::linger));
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
  CHECK(client.silent_for(20ms));
  server.stop();
  CHECK(client.silent_for(20ms));
  client.send("llo");
  const Answer answer = client.receive();
  CHECK(answer.body == "POST / 5 bytes");
  CHECK(answer.header("Connection") == "close");
  CHECK(client.closed_by_server());
  server.wait();
}

TEST_CASE("pipelined requests that have arrived are all answered before the server ends", "[http]") {
  std::promise<void> entered, proceed;
  RunningServer server(hasty(&Timeouts::linger),
                       [&, first = true](const Request& request, std::int64_t wall_us) mutable {
                         if (std::exchange(first, false)) {
                           entered.set_value();
                           proceed.get_future().wait();
                         }
                         return echo(request, wall_us);
                       });
  Client client(server.port());
  client.send(get("/1") + get("/2") + get("/3"));
  Client late(server.port());
  late.send(get("/late"));
  entered.get_future().wait();
  server.stop();
  proceed.set_value();
  for (const char* path : {"/1", "/2", "/3"})
    CHECK(client.receive().body == fmt::format("GET {} 0 bytes", path));
  CHECK(late.receive().body == "GET /late 0 bytes");
  CHECK(client.closed_by_server());
  server.wait();
}

TEST_CASE("clients that keep a stopping server waiting are cut off", "[http]") {
  RunningServer server(hasty(&Timeouts::drain));
  Client client(server.port());
  client.send("GET / HT");
  CHECK(client.silent_for(20ms));
  server.stop();
  server.wait();
}

TEST_CASE("a server can be stopped before it runs", "[http]") {
  Server server({}, echo);
  server.request_stop();
  server.request_stop();
  server.run();
}

TEST_CASE("a server goes away with its clients when nobody ran it to the end", "[http]") {
  auto server = std::make_unique<Server>(ServerOptions{}, echo);
  Client client(server->port());
  server.reset();
  CHECK(client.closed_by_server());
}

// ---- Listening ----

TEST_CASE("a port in use can't be listened on", "[http]") {
  const Server server({}, echo);
  ServerOptions options;
  options.port = server.port();
  CHECK_THROWS_WITH(Server(options, echo),
                    fmt::format("can't listen on 127.0.0.1:{}: Address already in use", server.port()));
}

TEST_CASE("a name that is none can't be listened on", "[http]") {
  ServerOptions options;
  options.host = "no host";
  CHECK_THROWS_AS(Server(options, echo), ServerError);
}

TEST_CASE("the URL tells where the server listens", "[http]") {
  const Server server({}, echo);
  CHECK(server.url() == fmt::format("http://127.0.0.1:{}", server.port()));
}

// ---- The log ----

TEST_CASE("each request leaves a line in the log", "[http]") {
  std::string log;
  ServerOptions options;
  options.access_log = [&](std::string_view line) { log += line; };
  {
    RunningServer server(std::move(options));
    Client client(server.port());
    client.send(post("/a?b=c", "hello") + "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + "BAD\r\n");
    client.rest();
  }
  CHECK(std::count(log.begin(), log.end(), '\n') == 3);
  CHECK_THAT(log, Contains("\"POST /a?b=c\" 200 ") && Contains(" 00000001-00000001\n") &&
                      Contains("\"HEAD /x\" 200 ") && Contains("\"-\" 400 ") && Contains(" 127.0.0.1:"));
}

// ---- Declared faults of the connection ----

TEST_CASE("an answer that is held back comes late, and those before it don't wait (our decision)", "[http]") {
  RunningServer server({}, [](const Request& request, std::int64_t) {
    Response response{200, std::string(request.target)};
    if (request.target == "/slow") response.delay_us = 150'000;
    return response;
  });
  Client client(server.port()), other(server.port());
  client.send(get("/fast") + get("/slow") + get("/last"));
  CHECK(client.receive().body == "/fast");
  CHECK(client.silent_for(50ms));
  other.send(get("/other"));  // Nobody else waits.
  CHECK(other.receive().body == "/other");
  CHECK(client.receive().body == "/slow");
  CHECK(client.receive().body == "/last");
}

TEST_CASE("a connection that is to break is reset without an answer (our decision)", "[http]") {
  RunningServer server({}, [](const Request&, std::int64_t) {
    Response response{200, "never seen"};
    response.reset = true;
    return response;
  });
  Client client(server.port());
  client.send(get("/"));
  std::array<char, 16> bytes{};
  boost::system::error_code failed;
  client.socket().read_some(boost::asio::buffer(bytes), failed);
  CHECK(failed == boost::asio::error::connection_reset);
}

}  // namespace
}  // namespace tidepool::api
