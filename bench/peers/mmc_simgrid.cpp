// M/M/c on SimGrid: an actor for each customer, a semaphore for the servers. Prints customers a second and the mean wait.
#include <simgrid/s4u.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace sg4 = simgrid::s4u;

namespace {

std::mt19937_64 draws(1);
double waited = 0;

double exponential(double of) { return std::exponential_distribution<double>(of)(draws); }

void customer(const sg4::SemaphorePtr& servers) {
  const double came = sg4::Engine::get_clock();
  servers->acquire();
  waited += sg4::Engine::get_clock() - came;
  sg4::this_actor::sleep_for(exponential(1));
  servers->release();
}

}  // namespace

int main(int argc, char** argv) {
  const long customers = argc > 1 ? std::atol(argv[1]) : 300'000;
  const double rate = argc > 2 ? std::atof(argv[2]) : 8;
  const unsigned servers = argc > 3 ? static_cast<unsigned>(std::atoi(argv[3])) : 10;
  int none = 1;
  sg4::Engine engine(&none, argv);
  sg4::Engine::set_config("contexts/stack-size:16");
  sg4::Engine::set_config("contexts/guard-size:0");
  sg4::Host* host = engine.get_netzone_root() == nullptr
                        ? sg4::create_full_zone("zone")->create_host("host", 1e9)->seal()
                        : engine.get_all_hosts().front();
  const auto begin = std::chrono::steady_clock::now();
  const auto free_servers = sg4::Semaphore::create(servers);
  sg4::Actor::create("source", host, [&] {
    for (long i = 0; i < customers; ++i) {
      sg4::this_actor::sleep_for(exponential(rate));
      sg4::Actor::create("customer", host, customer, free_servers);
    }
  });
  engine.run();
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("SimGrid: %.0f customers/s, mean wait %.4f\n", static_cast<double>(customers) / took,
              waited / static_cast<double>(customers));
}
