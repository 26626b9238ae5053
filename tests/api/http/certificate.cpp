#include "tests/api/http/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <catch2/catch.hpp>
#include <memory>

namespace tidepool::api {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

constexpr long kDay = 86'400;

void sign(X509* certificate, EVP_PKEY* key) {
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kDay);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  const unsigned char localhost[] = "localhost";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, localhost, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);
}

}  // namespace

void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  const Key made(EVP_EC_gen("P-256"), EVP_PKEY_free);
  REQUIRE(made);
  const Certificate signed_one(X509_new(), X509_free);
  sign(signed_one.get(), made.get());
  const File key_file(BIO_new_file(key.c_str(), "w"), BIO_free_all);
  REQUIRE(PEM_write_bio_PrivateKey(key_file.get(), made.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  const File certificate_file(BIO_new_file(certificate.c_str(), "w"), BIO_free_all);
  REQUIRE(PEM_write_bio_X509(certificate_file.get(), signed_one.get()) == 1);
}

}  // namespace tidepool::api
