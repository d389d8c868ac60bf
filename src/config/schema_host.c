/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema of system.applicationHost: pools, sites, and the metadata of the metabase. Tables
 * only; names, types, defaults and ranges are those of IIS 10.
 */
#include "config/tables.h"

/* ---- applicationPools ---- */

static const struct schema_name pipeline_modes[] = { { "Integrated", 0 }, { "Classic", 1 }, { 0 } };
static const struct schema_name start_modes[] = { { "OnDemand", 0 },
						  { "AlwaysRunning", 1 },
						  { 0 } };
static const struct schema_name identity_types[] = {
	{ "LocalSystem", CONFIG_LOCAL_SYSTEM },
	{ "LocalService", CONFIG_LOCAL_SERVICE },
	{ "NetworkService", CONFIG_NETWORK_SERVICE },
	{ "SpecificUser", CONFIG_SPECIFIC_USER },
	{ "ApplicationPoolIdentity", CONFIG_POOL_IDENTITY },
	{ 0 },
};
static const struct schema_name logon_types[] = { { "LogonBatch", 0 },
						  { "LogonService", 1 },
						  { 0 } };
static const struct schema_name idle_actions[] = { { "Terminate", 0 }, { "Suspend", 1 }, { 0 } };
static const struct schema_name process_events[] = { { "IdleTimeout", 1 }, { 0 } };
static const struct schema_name recycle_events[] = {
	{ "Time", CONFIG_RECYCLE_TIME },
	{ "Requests", CONFIG_RECYCLE_REQUESTS },
	{ "Schedule", CONFIG_RECYCLE_SCHEDULE },
	{ "Memory", CONFIG_RECYCLE_MEMORY },
	{ "IsapiUnhealthy", CONFIG_RECYCLE_ISAPI_UNHEALTHY },
	{ "OnDemand", CONFIG_RECYCLE_ON_DEMAND },
	{ "ConfigChange", CONFIG_RECYCLE_CONFIG_CHANGE },
	{ "PrivateMemory", CONFIG_RECYCLE_PRIVATE_MEMORY },
	{ 0 },
};
static const struct schema_name balancer_capabilities[] = { { "TcpLevel", 1 },
							    { "HttpLevel", 2 },
							    { 0 } };
static const struct schema_name cpu_actions[] = {
	{ "NoAction", 0 }, { "KillW3wp", 1 }, { "Throttle", 2 }, { "ThrottleUnderLoad", 3 }, { 0 }
};
static const struct schema_name numa_assignments[] = { { "MostAvailableMemory", 0 },
						       { "WindowsScheduling", 1 },
						       { 0 } };
static const struct schema_name numa_modes[] = { { "Soft", 0 }, { "Hard", 1 }, { 0 } };

#define POOL(field) AT(struct config_pool, field)

static const struct schema_attribute pool_attributes[] = {
	ROW("name", STRING, NULL, SCHEMA_REQUIRED, POOL_NAME, POOL(name)),
	ROW_UINT("queueLength", "1000", 10, 65535, POOL(queue_length)),
	ROW_BOOL("autoStart", "true", POOL(auto_start)),
	ROW_BOOL("enable32BitAppOnWin64", "false", NOWHERE),
	ROW_STRING("managedRuntimeVersion", NULL, NOWHERE),
	ROW_STRING("managedRuntimeLoader", "webengine4.dll", NOWHERE),
	ROW_BOOL("enableConfigurationOverride", "true", NOWHERE),
	ROW_ENUM("managedPipelineMode", "Integrated", pipeline_modes, NOWHERE),
	ROW_STRING("CLRConfigFile", NULL, NOWHERE),
	ROW_BOOL("passAnonymousToken", "true", NOWHERE),
	ROW_ENUM("startMode", "OnDemand", start_modes, POOL(always_running)),
};
static const struct schema_attribute process_attributes[] = {
	ROW_ENUM("identityType", "ApplicationPoolIdentity", identity_types, POOL(identity)),
	ROW_STRING("userName", NULL, POOL(user_name)),
	ROW_STRING("password", NULL, POOL(password)),
	ROW_BOOL("loadUserProfile", "false", NOWHERE),
	ROW_BOOL("setProfileEnvironment", "true", NOWHERE),
	ROW_ENUM("logonType", "LogonBatch", logon_types, NOWHERE),
	ROW_BOOL("manualGroupMembership", "false", NOWHERE),
	ROW_TIME("idleTimeout", "00:20:00", 0, 2592000, 60, POOL(idle_timeout)),
	ROW_ENUM("idleTimeoutAction", "Terminate", idle_actions, NOWHERE),
	ROW_UINT("maxProcesses", "1", 0, 2147483647, POOL(max_processes)),
	ROW_TIME("shutdownTimeLimit", "00:01:30", 1, 4294967, 1, POOL(shutdown_time_limit)),
	ROW_TIME("startupTimeLimit", "00:01:30", 1, 4294967, 1, POOL(startup_time_limit)),
	ROW_BOOL("pingingEnabled", "true", POOL(pinging)),
	ROW_TIME("pingInterval", "00:00:30", 1, 4294967, 1, POOL(ping_interval)),
	ROW_TIME("pingResponseTime", "00:01:30", 1, 4294967, 1, POOL(ping_response_time)),
	ROW_FLAGS("logEventOnProcessModel", "IdleTimeout", process_events, NOWHERE),
};
static const struct schema_attribute schedule_attributes[] = {
	{ "value", SCHEMA_TIME, NULL, SCHEMA_REQUIRED, 0, 0, 86399, 60, NULL, NOWHERE },
};
static const struct schema_attribute recycling_attributes[] = {
	ROW_BOOL("disallowOverlappingRotation", "false", POOL(disallow_overlapping_rotation)),
	ROW_BOOL("disallowRotationOnConfigChange", "false",
		 POOL(disallow_rotation_on_config_change)),
	ROW_FLAGS("logEventOnRecycle", "Time, Memory, PrivateMemory", recycle_events,
		  POOL(log_recycle)),
};
static const struct schema_attribute periodic_attributes[] = {
	ROW_UINT("memory", "0", 0, 0, POOL(restart_memory_kib)),
	ROW_UINT("privateMemory", "0", 0, 0, POOL(restart_private_memory_kib)),
	ROW_UINT("requests", "0", 0, 0, POOL(restart_requests)),
	ROW_TIME("time", "29:00:00", 0, 25920000, 60, POOL(restart_time)),
};
static const struct schema_attribute failure_attributes[] = {
	ROW_ENUM("loadBalancerCapabilities", "HttpLevel", balancer_capabilities, NOWHERE),
	ROW_BOOL("orphanWorkerProcess", "false", NOWHERE),
	ROW_STRING("orphanActionExe", NULL, NOWHERE),
	ROW_STRING("orphanActionParams", NULL, NOWHERE),
	ROW_BOOL("rapidFailProtection", "true", POOL(rapid_fail_protection)),
	ROW_TIME("rapidFailProtectionInterval", "00:05:00", 60, 8640000, 60,
		 POOL(rapid_fail_interval)),
	ROW_UINT("rapidFailProtectionMaxCrashes", "5", 1, 2147483647, POOL(rapid_fail_max_crashes)),
	ROW_STRING("autoShutdownExe", NULL, NOWHERE),
	ROW_STRING("autoShutdownParams", NULL, NOWHERE),
};
static const struct schema_attribute cpu_attributes[] = {
	ROW_UINT("limit", "0", 0, 100000, POOL(cpu_limit)),
	ROW_ENUM("action", "NoAction", cpu_actions, NOWHERE),
	ROW_TIME("resetInterval", "00:05:00", 0, 86400, 60, NOWHERE),
	ROW_BOOL("smpAffinitized", "false", NOWHERE),
	ROW_UINT("smpProcessorAffinityMask", "4294967295", 0, 0, NOWHERE),
	ROW_UINT("smpProcessorAffinityMask2", "4294967295", 0, 0, NOWHERE),
	ROW_INT("processorGroup", "0", 0, 2147483647, NOWHERE),
	ROW_ENUM("numaNodeAssignment", "MostAvailableMemory", numa_assignments, NOWHERE),
	ROW_ENUM("numaNodeAffinityMode", "Soft", numa_modes, NOWHERE),
};
static const struct schema_attribute environment_attributes[] = {
	ROW("name", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, AT(struct config_environment, name)),
	ROW("value", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY,
	    AT(struct config_environment, value)),
};

const struct schema_element schema_schedule_entry = { ATTRIBUTES(schedule_attributes) };
const struct schema_collection schema_schedule = {
	"add", NULL, "clear", &schema_schedule_entry, { "value" }
};
const struct schema_element schema_environment_entry = { ATTRIBUTES(environment_attributes) };
const struct schema_collection schema_environment = {
	"add", "remove", "clear", &schema_environment_entry, { "name" },
};
static const struct schema_element periodic_children[] = {
	{ .name = "schedule", .collection = &schema_schedule },
};
static const struct schema_element recycling_children[] = {
	{ .name = "periodicRestart", ATTRIBUTES(periodic_attributes), CHILDREN(periodic_children) },
};
static const struct schema_element pool_children[] = {
	{ .name = "processModel", ATTRIBUTES(process_attributes) },
	{ .name = "recycling", ATTRIBUTES(recycling_attributes), CHILDREN(recycling_children) },
	{ .name = "failure", ATTRIBUTES(failure_attributes) },
	{ .name = "cpu", ATTRIBUTES(cpu_attributes) },
	{ .name = "environmentVariables", .collection = &schema_environment },
};
const struct schema_element schema_pool = { ATTRIBUTES(pool_attributes), CHILDREN(pool_children) };
static const struct schema_element pools_children[] = {
	{ .name = "applicationPoolDefaults",
	  ATTRIBUTES(pool_attributes),
	  CHILDREN(pool_children),
	  .optional = true },
};
const struct schema_collection schema_pools = { "add", NULL, NULL, &schema_pool, { "name" } };
const struct schema_element schema_application_pools = { .name = "applicationPools",
							 CHILDREN(pools_children),
							 .collection = &schema_pools };

/* ---- sites ---- */

static const struct schema_name log_fields[] = {
	{ "Date", 1 },
	{ "Time", 2 },
	{ "ClientIP", 4 },
	{ "UserName", 8 },
	{ "SiteName", 16 },
	{ "ComputerName", 32 },
	{ "ServerIP", 64 },
	{ "Method", 128 },
	{ "UriStem", 256 },
	{ "UriQuery", 512 },
	{ "HttpStatus", 1024 },
	{ "Win32Status", 2048 },
	{ "BytesSent", 4096 },
	{ "BytesRecv", 8192 },
	{ "TimeTaken", 16384 },
	{ "ServerPort", 32768 },
	{ "UserAgent", 65536 },
	{ "Cookie", 131072 },
	{ "Referer", 262144 },
	{ "ProtocolVersion", 524288 },
	{ "Host", 1048576 },
	{ "HttpSubStatus", 2097152 },
	{ 0 },
};
static const struct schema_name log_formats[] = {
	{ "IIS", 0 }, { "NCSA", 1 }, { "W3C", 2 }, { "Custom", 3 }, { 0 },
};
static const struct schema_name log_targets[] = { { "File", 1 }, { "ETW", 2 }, { 0 } };
static const struct schema_name log_periods[] = {
	{ "MaxSize", 0 }, { "Daily", 1 }, { "Weekly", 2 }, { "Monthly", 3 }, { "Hourly", 4 }, { 0 },
};
static const struct schema_name log_sources[] = {
	{ "RequestHeader", 0 },
	{ "ResponseHeader", 1 },
	{ "ServerVariable", 2 },
	{ 0 },
};
static const struct schema_name logon_methods[] = {
	{ "Interactive", 0 }, { "Batch", 1 }, { "Network", 2 }, { "ClearText", 3 }, { 0 },
};

#define SITE(field) AT(struct config_site, field)

static const struct schema_attribute site_attributes[] = {
	ROW("name", STRING, NULL, SCHEMA_REQUIRED, SITE_NAME, SITE(name)),
	{ "id", SCHEMA_UINT, NULL, SCHEMA_REQUIRED, 0, 1, UINT32_MAX, 0, NULL, SITE(id) },
	ROW_BOOL("serverAutoStart", "true", SITE(auto_start)),
};
static const struct schema_attribute binding_attributes[] = {
	ROW("protocol", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW("bindingInformation", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW_UINT("sslFlags", "0", 0, 0, NOWHERE),
};
static const struct schema_attribute limits_attributes[] = {
	{ "maxBandwidth", SCHEMA_UINT, "4294967295", SCHEMA_EXCLUDE, 0, 0, 1023, 0, NULL,
	  SITE(max_bandwidth) },
	ROW_UINT("maxConnections", "4294967295", 0, 0, SITE(max_connections)),
	ROW_TIME("connectionTimeout", "00:02:00", 0, 65535, 1, SITE(connection_timeout)),
	ROW_UINT("maxUrlSegments", "32", 0, 16383, SITE(max_url_segments)),
};
/* `directory` is IIS's but for its default, which is a folder of the server's state. */
static const struct schema_attribute log_attributes[] = {
	ROW_FLAGS("logExtFileFlags",
		  "Date, Time, ClientIP, UserName, ServerIP, Method, UriStem, UriQuery, TimeTaken, "
		  "HttpStatus, Win32Status, ServerPort, UserAgent, HttpSubStatus, Referer",
		  log_fields, SITE(log_fields)),
	ROW_STRING("customLogPluginClsid", NULL, NOWHERE),
	ROW_ENUM("logFormat", "W3C", log_formats, NOWHERE),
	ROW_FLAGS("logTargetW3C", "File", log_targets, NOWHERE),
	ROW("directory", STRING, "%SURROGATE_STATE%/logs", SCHEMA_EXPAND, NON_EMPTY,
	    SITE(log_directory)),
	ROW_ENUM("period", "Daily", log_periods, SITE(log_period)),
	ROW_UINT("truncateSize", "20971520", 1048576, 4294967295, SITE(log_truncate_size)),
	ROW_BOOL("localTimeRollover", "false", NOWHERE),
	ROW_BOOL("enabled", "true", SITE(log_enabled)),
	ROW_BOOL("logSiteId", "true", NOWHERE),
	ROW_UINT("flushByEntryCountW3CLog", "0", 0, 0, NOWHERE),
	ROW_UINT("maxLogLineLength", "65536", 2, 65536, NOWHERE),
};
static const struct schema_attribute custom_field_attributes[] = {
	ROW("logFieldName", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW("sourceName", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	{ "sourceType", SCHEMA_ENUM, NULL, SCHEMA_REQUIRED, 0, 0, 0, 0, log_sources, NOWHERE },
};
static const struct schema_attribute custom_fields_attributes[] = {
	ROW_UINT("maxCustomFieldLength", "4096", 2, 65536, NOWHERE),
};
static const struct schema_attribute tracing_attributes[] = {
	ROW_BOOL("enabled", "false", NOWHERE),
	ROW_STRING("directory", NULL, NOWHERE),
	ROW_UINT("maxLogFiles", "50", 1, 10000, NOWHERE),
	ROW_UINT("maxLogFileSizeKB", "1024", 0, 1048576, NOWHERE),
	ROW_BOOL("customActionsEnabled", "false", NOWHERE),
};
static const struct schema_attribute hsts_attributes[] = {
	ROW_BOOL("enabled", "false", NOWHERE),
	ROW_UINT("max-age", "0", 0, 0, NOWHERE),
	ROW_BOOL("includeSubDomains", "false", NOWHERE),
	ROW_BOOL("preload", "false", NOWHERE),
	ROW_BOOL("redirectHttpToHttps", "false", NOWHERE),
};
static const struct schema_attribute application_attributes[] = {
	ROW("path", STRING, NULL, SCHEMA_REQUIRED, APPLICATION_PATH,
	    AT(struct application_row, path)),
	ROW("applicationPool", STRING, NULL, 0, POOL_NAME, AT(struct application_row, pool)),
	ROW_STRING("enabledProtocols", "http", NOWHERE),
	ROW_BOOL("serviceAutoStartEnabled", "false", NOWHERE),
	ROW_STRING("serviceAutoStartProvider", NULL, NOWHERE),
	ROW_BOOL("preloadEnabled", "false", AT(struct application_row, preload)),
};
static const struct schema_attribute vdir_attributes[] = {
	ROW("path", STRING, NULL, SCHEMA_REQUIRED, VDIR_PATH, AT(struct vdir_row, path)),
	ROW("physicalPath", STRING, NULL, SCHEMA_EXPAND, ANY, AT(struct vdir_row, physical_path)),
	ROW_STRING("userName", NULL, NOWHERE),
	ROW_STRING("password", NULL, NOWHERE),
	ROW_ENUM("logonMethod", "ClearText", logon_methods, NOWHERE),
	ROW_BOOL("allowSubDirConfig", "true", AT(struct vdir_row, allow_sub_dir_config)),
};

const struct schema_element schema_binding = { ATTRIBUTES(binding_attributes) };
const struct schema_collection schema_bindings = {
	"binding", NULL, "clear", &schema_binding, { "protocol", "bindingInformation" }
};
static const struct schema_element custom_field = { ATTRIBUTES(custom_field_attributes) };
static const struct schema_collection custom_fields = {
	"add", NULL, "clear", &custom_field, { "logFieldName" }
};
static const struct schema_element log_children[] = {
	{ .name = "customFields",
	  ATTRIBUTES(custom_fields_attributes),
	  .collection = &custom_fields },
};
const struct schema_element schema_vdir = { ATTRIBUTES(vdir_attributes) };
static const struct schema_element application_children[] = {
	{ .name = "virtualDirectoryDefaults", ATTRIBUTES(vdir_attributes), .optional = true },
};
const struct schema_collection schema_vdirs = {
	"virtualDirectory", NULL, NULL, &schema_vdir, { "path" }
};
/* For checking; what is read into a struct has no defaults elements, which fill another struct. */
static const struct schema_element application_checked = { ATTRIBUTES(application_attributes),
							   CHILDREN(application_children),
							   .collection = &schema_vdirs };
const struct schema_element schema_application = { ATTRIBUTES(application_attributes) };
const struct schema_collection schema_applications = {
	"application", NULL, NULL, &application_checked, { "path" }
};

#define SITE_CHILDREN                                                                              \
	{ .name = "bindings", .collection = &schema_bindings },                                    \
		{ .name = "limits", ATTRIBUTES(limits_attributes) },                               \
		{ .name = "logFile", ATTRIBUTES(log_attributes), CHILDREN(log_children) },         \
		{ .name = "traceFailedRequestsLogging", ATTRIBUTES(tracing_attributes) },          \
		{ .name = "hsts", ATTRIBUTES(hsts_attributes) },
#define DEFAULTS_CHILDREN                                                                          \
	{ .name = "applicationDefaults", ATTRIBUTES(application_attributes), .optional = true },   \
		{ .name = "virtualDirectoryDefaults",                                              \
		  ATTRIBUTES(vdir_attributes),                                                     \
		  .optional = true },

static const struct schema_element site_children[] = { SITE_CHILDREN };
static const struct schema_element site_all_children[] = { SITE_CHILDREN DEFAULTS_CHILDREN };
static const struct schema_element site_checked = { ATTRIBUTES(site_attributes),
						    CHILDREN(site_all_children),
						    .collection = &schema_applications };
const struct schema_element schema_site = { ATTRIBUTES(site_attributes), CHILDREN(site_children) };
static const struct schema_element sites_children[] = { { .name = "siteDefaults",
							  ATTRIBUTES(site_attributes),
							  CHILDREN(site_children),
							  .optional = true },
							DEFAULTS_CHILDREN };
const struct schema_collection schema_site_list = { "site", NULL, NULL, &site_checked, { "name" } };
const struct schema_element schema_sites = { .name = "sites",
					     CHILDREN(sites_children),
					     .collection = &schema_site_list };

/* ---- customMetadata ---- */

static const struct schema_name data_types[] = { { "DWord", 1 },   { "String", 2 },
						 { "Binary", 3 },  { "ExpandSZ", 4 },
						 { "MultiSZ", 5 }, { 0 } };
static const struct schema_name metadata_flags[] = {
	{ "None", 0 },
	{ "Inherit", 1 },
	{ "PartialPath", 2 },
	{ "Secure", 4 },
	{ "Reference", 8 },
	{ "Volatile", 16 },
	{ "IsInherited", 32 },
	{ "InsertPath", 64 },
	{ "LocalMachineOnly", 128 },
	{ "NonSecureOnly", 256 },
	{ 0 },
};
static const struct schema_attribute property_attributes[] = {
	{ "id", SCHEMA_UINT, NULL, SCHEMA_REQUIRED, 0, 0, 0, 0, NULL, NOWHERE },
	{ "dataType", SCHEMA_ENUM, NULL, SCHEMA_REQUIRED, 0, 0, 0, 0, data_types, NOWHERE },
	ROW_UINT("userType", "1", 0, 0, NOWHERE),
	ROW_FLAGS("attributes", "Inherit", metadata_flags, NOWHERE),
	ROW_STRING("value", NULL, NOWHERE),
};
static const struct schema_attribute key_attributes[] = {
	ROW("path", STRING, NULL, SCHEMA_REQUIRED, ANY, NOWHERE),
};
const struct schema_element schema_metadata_property = { ATTRIBUTES(property_attributes) };
const struct schema_collection schema_properties = {
	"property", NULL, NULL, &schema_metadata_property, { "id" }
};
static const struct schema_element metadata_key = { ATTRIBUTES(key_attributes),
						    .collection = &schema_properties };
const struct schema_collection schema_keys = { "key", NULL, NULL, &metadata_key, { "path" } };
const struct schema_element schema_custom_metadata = { .name = "customMetadata",
						       .collection = &schema_keys };
