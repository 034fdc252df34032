// What statistics must look like.

// RUN: spiq-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{expects the mean of at least one channel}}
func.func private @empty() attributes {a = #spiq.channel_stats<stddev = [1.0]>}

// -----

// expected-error @below {{expects as many standard deviations as means (2), got 1}}
func.func private @stddevs() attributes {a = #spiq.channel_stats<mean = [0.0, 0.0], stddev = [1.0]>}

// -----

// expected-error @below {{expects as many lower bounds as means (1), got 2}}
func.func private @mins() attributes {a = #spiq.channel_stats<mean = [0.0], stddev = [1.0], min = [0.0, 0.0]>}

// -----

// expected-error @below {{expects as many upper bounds as means (1), got 2}}
func.func private @maxs() attributes {a = #spiq.channel_stats<mean = [0.0], stddev = [1.0], max = [0.0, 0.0]>}

// -----

// expected-error @below {{mean of channel 1 is not finite}}
func.func private @infinite_mean() attributes {a = #spiq.channel_stats<mean = [0.0, inf], stddev = [1.0, 1.0]>}

// -----

// expected-error @below {{standard deviation of channel 0 must be finite and not negative}}
func.func private @negative_stddev() attributes {a = #spiq.channel_stats<mean = [0.0], stddev = [-1.0]>}

// -----

// expected-error @below {{standard deviation of channel 0 must be finite and not negative}}
func.func private @infinite_stddev() attributes {a = #spiq.channel_stats<mean = [0.0], stddev = [inf]>}

// -----

// expected-error @below {{bounds of channel 0 are not ordered}}
func.func private @bounds() attributes {a = #spiq.channel_stats<mean = [0.0], stddev = [1.0], min = [1.0], max = [0.0]>}

// -----

// expected-error @below {{expected 'mean', 'stddev', 'min' or 'max', got 'variance'}}
func.func private @field() attributes {a = #spiq.channel_stats<variance = [0.0]>}

// -----

// expected-error @below {{got 'mean' twice}}
func.func private @twice() attributes {a = #spiq.channel_stats<mean = [0.0], mean = [1.0], stddev = [1.0, 1.0]>}

// -----

// expected-error @below {{expected floating point literal}}
func.func private @nan() attributes {a = #spiq.channel_stats<mean = [nan], stddev = [1.0]>}

// -----

// expected-error @below {{expected ::spiq::ActivationKind to be one of: leaky_relu, prelu, sigmoid}}
// expected-error @below {{failed to parse SPIQ_ActivationKindAttr parameter 'value'}}
func.func private @kind() attributes {a = #spiq.activation_kind<relu7>}

// -----

// expected-error @below {{expects a kind that layers can compute, got 'tanh'}}
func.func private @no_formula() attributes {a = #spiq.activation<tanh>}

// -----

// expected-error @below {{expects 2 parameters for 'hard_sigmoid', got 1}}
func.func private @parameters() attributes {a = #spiq.activation<hard_sigmoid, [0.5]>}

// -----

// expected-error @below {{expects finite parameters, got INF}}
func.func private @infinite() attributes {a = #spiq.activation<leaky_relu, [1.0e39]>}
