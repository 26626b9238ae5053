#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace tidepool::sim {

/// What a call or a request can be refused for. The number is the one the service documents: 2004 is AS.2004.
/// Only rules that the model can break are named here; the wire adds those of its own (bad JSON, bad paging).
/// Source: AS API reference, appendix "Error Codes".
enum class ErrorCode : int {
  // General
  InternalError = 1,
  BodyMissing = 2,
  ResourceNotFound = 7,
  ProjectMismatch = 8,
  BodyInvalid = 22,
  CooldownRunning = 26,
  ActionInProgress = 34,
  MaxReached = 50,
  // Configurations and list parameters
  ListStartNumberInvalid = 1001,
  ListLimitInvalid = 1002,
  ConfigurationIdMissing = 1003,
  ConfigurationUnknown = 1004,
  ConfigurationInUse = 1006,
  ConfigurationNameMissing = 1007,
  ConfigurationNameTooLong = 1008,
  InstanceConfigMissing = 1011,
  ImageMissing = 1014,
  ImageUnknown = 1015,
  FlavorMissing = 1016,
  FlavorUnknown = 1017,
  ConfigurationNameIllegal = 1023,
  ConfigurationQuotaExceeded = 1024,
  LoginModeMissing = 1026,
  PersonalityInvalid = 1027,
  DiskMissing = 1028,
  SystemDiskCount = 1029,
  SystemDiskTooSmall = 1030,
  DiskSizeInvalid = 1031,
  TooManyDisks = 1032,
  VolumeTypeInvalid = 1033,
  DiskTypeInvalid = 1034,
  AdminPasswordWeak = 1035,
  ConfigurationBatchDeleteFailed = 1038,
  ConfigurationBatchTooLarge = 1039,
  ConfigurationBatchEmpty = 1040,
  EipMissing = 1041,
  EipBandwidthSizeInvalid = 1042,
  EipTypeInvalid = 1043,
  EipChargingModeInvalid = 1044,
  EipShareTypeInvalid = 1045,
  EipBandwidthSizeMissing = 1046,
  UserDataInvalid = 1049,
  MetadataInvalid = 1052,
  DataDiskTooSmall = 1054,
  DataDiskImageOnSystemDisk = 1055,
  DataDiskImageUnknown = 1056,
  SnapshotCountMismatch = 1062,
  DataDiskImageAndSnapshot = 1064,
  ImageIdMalformed = 1075,
  FlavorPriorityInvalid = 1085,
  ConfigurationUnusable = 1086,
  TooManyFlavors = 1087,
  // Groups
  GroupNameMissing = 2002,
  GroupNameTooLong = 2003,
  GroupLimitsInvalid = 2004,
  DesireOutOfRange = 2005,
  GroupCooldownInvalid = 2006,
  GroupUnknown = 2007,
  GroupActionInvalid = 2008,
  DesireBelowProtected = 2010,
  ZoneInvalid = 2011,
  VpcUnknown = 2012,
  NetworksInvalid = 2013,
  SecurityGroupUnknown = 2014,
  ListenerInvalid = 2015,
  ListenerVpcMismatch = 2016,
  VpcMissing = 2017,
  NoConfigurationBound = 2018,
  ForceDeleteInvalid = 2019,
  GroupStatusInvalid = 2020,
  GroupNotEmpty = 2021,
  GroupNameIllegal = 2022,
  GroupQuotaExceeded = 2023,
  TooManySubnets = 2024,
  TooManySecurityGroups = 2025,
  BothListenerKinds = 2026,
  SubnetNotInVpc = 2027,
  DesireUnchanged = 2028,
  HealthMethodInvalid = 2029,
  NetworkChangeRefused = 2030,
  HealthPeriodInvalid = 2031,
  TerminatePolicyInvalid = 2032,
  GroupStatusForbids = 2033,
  NotificationInvalid = 2034,
  AddAboveMax = 2035,
  RemoveBelowMin = 2036,
  TooManyListeners = 2037,
  FlavorSoldOut = 2038,
  ProtocolPortInvalid = 2039,
  WeightInvalid = 2040,
  PoolInvalid = 2042,
  ZoneUnavailable = 2044,
  LimitAboveQuota = 2045,
  GracePeriodInvalid = 2046,
  ListenerChangeWhileScaling = 2047,
  SubnetLacksIpv6 = 2048,
  Ipv6BandwidthWithoutIpv6 = 2050,
  MultiAzPolicyInvalid = 2053,
  ZoneChangeWhileScaling = 2054,
  // Policies
  PolicyTypeInvalid = 3002,
  ScheduleMissing = 3003,
  RecurrenceTypeInvalid = 3004,
  EndTimeMissing = 3005,
  EndTimeFormat = 3006,
  EndTimePast = 3007,
  LaunchTimeMissing = 3008,
  LaunchTimeFormat = 3009,
  LaunchTimePast = 3010,
  PolicyTypeMissing = 3011,
  PolicyCooldownInvalid = 3012,
  PolicyNameMissing = 3013,
  PolicyNameLength = 3014,
  OperationInvalid = 3017,
  PolicyNumberInvalid = 3018,
  PolicyGroupMissing = 3019,
  PolicyUnknown = 3020,
  PolicyActionInvalid = 3022,
  RecurrenceTypeMissing = 3023,
  RecurrenceValueMissing = 3024,
  RecurrenceValueInvalid = 3025,
  AlarmIdMissing = 3026,
  ExecutionRefused = 3027,
  StartTimeFormat = 3028,
  StartNotBeforeEnd = 3029,
  AlarmUnknown = 3030,
  PolicyNameIllegal = 3031,
  PolicyQuotaExceeded = 3032,
  NoOccurrence = 3033,
  AlarmOfOtherGroup = 3034,
  PercentageInvalid = 3035,
  NumberAndPercentage = 3036,
  PolicyExecuting = 3038,
  AlreadyAtLimit = 3040,
  PolicyBatchDeleteFailed = 3045,
  PolicyBatchResumeFailed = 3046,
  PolicyBatchPauseFailed = 3047,
  PolicyForceDeleteInvalid = 3048,
  PolicyBatchEmpty = 3049,
  AlarmIdMalformed = 3050,
  DeleteAlarmInvalid = 3056,
  // Instances
  InstanceStartNumberInvalid = 4000,
  InstanceLimitInvalid = 4001,
  LifecycleStateInvalid = 4003,
  HealthStatusInvalid = 4004,
  InstanceGroupUnknown = 4005,
  InstanceUnknown = 4006,
  InstanceDeleteInvalid = 4007,
  RemoveListEmpty = 4013,
  InstanceOfOtherGroup = 4014,
  InstanceNotInService = 4015,
  BatchActionInvalid = 4018,
  AddListEmpty = 4019,
  ServerZoneMismatch = 4020,
  ServerVpcMismatch = 4021,
  TooManyToAdd = 4022,
  InstanceAlreadyHere = 4023,
  ServerNotActive = 4024,
  TooManyToRemove = 4026,
  InstanceInOtherGroup = 4027,
  BatchAddFailed = 4029,
  BatchRemoveFailed = 4030,
  InstanceListEmpty = 4032,
  BatchProtectFailed = 4033,
  TooManyInBatch = 4043,
  // Peripheral services
  ListenerUnavailable = 7012,
  KeyPairUnknown = 7022,
  EnterpriseProjectUnknown = 7059,
  EnterpriseProjectInvalid = 7065,
  EcsQuotaExhausted = 7111,
  // Logs
  ActivityStartTimeFormat = 9001,
  ActivityEndTimeFormat = 9002,
  ActivityStartNumberInvalid = 9003,
  ActivityLimitInvalid = 9004,
  ActivityLogIdInvalid = 9005,
  ExecutionLogTimeFormat = 9007,
  ExecutionLogStartNumberInvalid = 9008,
  ExecutionLogLimitInvalid = 9009,
  ExecutionLogIdInvalid = 9010,
  ActivityTypeInvalid = 9012,
  ActivityStatusInvalid = 9013,
};

/// One of the things named in a batch that stood in its way.
struct Offender {
  std::size_t index = 0;  ///< its place in the request's list
  ErrorCode code{};
  std::string reason;
};

/// A refusal: the rule that was broken, and a sentence with the field, the value given and what is allowed.
struct Error {
  ErrorCode code{};
  std::string message;
  std::vector<Offender> offenders = {};  ///< of a batch that failed for what it names
};

/// Lets boost::system::result throw on a programming mistake (value() of an error); never used to report input.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Error>;

/// "AS.0026" for ErrorCode::CooldownRunning.
std::string code_text(ErrorCode code);

}  // namespace tidepool::sim
