// M/M/c on ns-3's simulator: its default scheduler unless another is named. Prints customers a second and the mean wait.
#include <ns3/core-module.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>

namespace {

std::mt19937_64 draws(1);
double rate = 8;
long customers = 1'000'000, arrived = 0;
int idle = 10;
double waited = 0;
std::deque<double> queue;

double exponential(double of) { return std::exponential_distribution<double>(of)(draws); }
double now() { return ns3::Simulator::Now().GetSeconds(); }

void Leave() {
  if (queue.empty()) {
    ++idle;
    return;
  }
  waited += now() - queue.front();
  queue.pop_front();
  ns3::Simulator::Schedule(ns3::Seconds(exponential(1)), &Leave);
}

void Arrive() {
  if (++arrived < customers) ns3::Simulator::Schedule(ns3::Seconds(exponential(rate)), &Arrive);
  if (idle == 0) {
    queue.push_back(now());
    return;
  }
  --idle;
  ns3::Simulator::Schedule(ns3::Seconds(exponential(1)), &Leave);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) customers = std::atol(argv[1]);
  if (argc > 2) rate = std::atof(argv[2]);
  if (argc > 3) idle = std::atoi(argv[3]);
  const std::string scheduler = argc > 4 ? argv[4] : "ns3::MapScheduler";
  ns3::ObjectFactory factory;
  factory.SetTypeId(scheduler);
  ns3::Simulator::SetScheduler(factory);
  const auto begin = std::chrono::steady_clock::now();
  ns3::Simulator::Schedule(ns3::Seconds(exponential(rate)), &Arrive);
  ns3::Simulator::Run();
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%s: %.0f customers/s, mean wait %.4f\n", scheduler.c_str(), static_cast<double>(customers) / took,
              waited / static_cast<double>(customers));
  ns3::Simulator::Destroy();
}
