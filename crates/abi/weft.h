// The boundary between Weft and its plugins, made from the crate `weft-abi` by its test `header`.
//
// A plugin is a shared library that exports one function, `weft_plugin`. Host and plugin hand each other a table: its size
// and `WEFT_ABI` first, then one function that finds others by id. Ask the host for those of `WEFT_INPUT` and so on, and
// cast each to the type of its name, `weft_input_fn`. A plugin has those of `WEFT_DESCRIBE` and `WEFT_RUN`, and may have
// that of `WEFT_CHECK`.

#ifndef WEFT_H
#define WEFT_H

#include <stddef.h>
#include <stdint.h>

/// It is done.
#define WEFT_OK 0

/// It failed; of a host's function the reason is in the log, of a plugin's it was told by `weft.fail`.
#define WEFT_FAILED (-1)

/// The run has been cancelled: return this from `weft.run`.
#define WEFT_CANCELLED (-2)

/// The input was left out.
#define WEFT_ABSENT (-3)

/// The call or value is none: it was never given, has been released, or belongs to another call.
#define WEFT_NO_SUCH (-4)

/// The value is of another kind.
#define WEFT_WRONG_KIND (-5)

/// A length, a shape or a size contradicts what it stands beside, or a pointer is null.
#define WEFT_WRONG_SIZE (-6)

/// A text is not UTF-8.
#define WEFT_NOT_UTF8 (-7)

/// The plugin panicked; what it said was told by `weft.fail`.
#define WEFT_PANICKED (-8)

/// A value that only wires carry through: a network, an instruction.
#define WEFT_KIND_OTHER 0

/// A truth value.
#define WEFT_KIND_BOOL 1

/// A whole number.
#define WEFT_KIND_INTEGER 2

/// A number.
#define WEFT_KIND_NUMBER 3

/// A text; a word of a choice and the path of a file or folder as well.
#define WEFT_KIND_TEXT 4

/// A seed: a whole number without sign, in the bits of a signed one.
#define WEFT_KIND_SEED 5

/// A colour: red, green, blue, alpha, sRGB-encoded, straight, each 0 to 1.
#define WEFT_KIND_COLOR 6

/// A list of values of one type.
#define WEFT_KIND_LIST 7

/// A picture.
#define WEFT_KIND_IMAGE 8

/// Coverage, pixel by pixel.
#define WEFT_KIND_MASK 9

/// sRGB-encoded, as in files.
#define WEFT_SPACE_SRGB 0

/// In proportion to light.
#define WEFT_SPACE_LINEAR 1

/// For who looks for a mistake.
#define WEFT_LEVEL_DEBUG 0

/// For who watches.
#define WEFT_LEVEL_INFO 1

/// The result may not be what was wanted.
#define WEFT_LEVEL_WARNING 2

/// The number of this boundary; a plugin of another number is refused.
#define WEFT_ABI 1

/// The name of the one function that a plugin exports, of type `weft_entry_fn`.
#define WEFT_ENTRY "weft_plugin"

/// The id of `weft_describe_fn`; a plugin must have it.
#define WEFT_DESCRIBE "weft.describe"

/// The id of `weft_run_fn`; a plugin must have it.
#define WEFT_RUN "weft.run"

/// The id of `weft_check_fn`; a plugin may have it.
#define WEFT_CHECK "weft.check"

/// The ids of the functions of the host; what each does is told at its type below.
#define WEFT_INPUT "weft.input"
#define WEFT_KIND_OF "weft.kind_of"
#define WEFT_GET_BOOL "weft.get_bool"
#define WEFT_GET_INTEGER "weft.get_integer"
#define WEFT_GET_NUMBER "weft.get_number"
#define WEFT_GET_COLOR "weft.get_color"
#define WEFT_GET_TEXT "weft.get_text"
#define WEFT_LENGTH "weft.length"
#define WEFT_ITEM "weft.item"
#define WEFT_GET_SHAPE "weft.get_shape"
#define WEFT_READ "weft.read"
#define WEFT_MAKE_BOOL "weft.make_bool"
#define WEFT_MAKE_INTEGER "weft.make_integer"
#define WEFT_MAKE_NUMBER "weft.make_number"
#define WEFT_MAKE_SEED "weft.make_seed"
#define WEFT_MAKE_COLOR "weft.make_color"
#define WEFT_MAKE_TEXT "weft.make_text"
#define WEFT_MAKE_LIST "weft.make_list"
#define WEFT_MAKE_PICTURE "weft.make_picture"
#define WEFT_RUN_WGSL "weft.run_wgsl"
#define WEFT_GIVE "weft.give"
#define WEFT_STEP "weft.step"
#define WEFT_PREVIEW "weft.preview"
#define WEFT_LOG "weft.log"
#define WEFT_FAIL "weft.fail"
#define WEFT_RELEASE "weft.release"


/// How a function of the boundary ended: 0 is good, and what it was to write has been written only then.
typedef int32_t weft_status;

/// One call of a node, as the host numbers it. 0 is none.
typedef uint64_t weft_call;

/// A value within one call, as the host numbers it: good until it is released or the call ends. 0 is none.
typedef uint64_t weft_value;

/// UTF-8 text that somebody else owns; `bytes` may be null where `length` is 0.
typedef struct {
  /// The first byte; there is no NUL at the end.
  const uint8_t *bytes;
  /// How many bytes.
  size_t length;
} weft_text;

/// What a value is.
typedef uint32_t weft_kind;

/// How the numbers of a picture stand for light.
typedef uint32_t weft_space;

/// The shape of a picture or mask. Its numbers are `f32`, batch after batch, in each channel after channel (red, green, blue,
/// alpha, straight), in each row after row from the top; 0 is black and 1 white, values beyond are allowed.
typedef struct {
  /// `WEFT_KIND_IMAGE` or `WEFT_KIND_MASK`.
  weft_kind kind;
  /// How the numbers stand for light; of a mask `WEFT_SPACE_SRGB`.
  weft_space space;
  /// Pictures, at least 1.
  uint32_t batch;
  /// 1, 3 or 4; of a mask 1.
  uint32_t channels;
  /// Rows, at least 1.
  uint32_t height;
  /// Columns, at least 1.
  uint32_t width;
} weft_shape;

/// A WGSL program to run on pictures where they are. The program sees, in group 0: each input as `var<storage, read_write>
/// …: array<f32>` at bindings 0, 1, …, of which it only reads; then the result, alike; then, if there are any, the uniforms
/// as `var<storage, read> …: array<f32>`. Its entry is `main`, of `@workgroup_size(64)`, called at least once for each number
/// of the result, which is the one at `id.x + id.y * groups.x * 64`, of `@builtin(global_invocation_id) id` and
/// `@builtin(num_workgroups) groups`.
typedef struct {
  /// `sizeof` this struct.
  uint32_t size;
  /// How many inputs.
  uint32_t inputs_length;
  /// The program.
  weft_text source;
  /// Pictures and masks.
  const weft_value *inputs;
  /// Numbers that the program reads.
  const float *uniforms;
  /// How many numbers.
  size_t uniforms_length;
  /// The shape of the result.
  weft_shape shape;
} weft_program;

/// How much a line of the log matters.
typedef uint32_t weft_level;

/// A function whose id says its real type.
typedef void (*weft_function)(void);

/// Finds the function of an id, a text that ends in NUL; null if there is none. Any thread.
typedef weft_function (*weft_find_fn)(const char *id);

/// What host and plugin hand each other.
typedef struct {
  /// `sizeof` this struct as its maker knows it.
  uint32_t size;
  /// `WEFT_ABI` as its maker knows it.
  uint32_t abi;
  /// Finds its functions.
  weft_find_fn find;
} weft_table;

/// What a plugin exports under `WEFT_ENTRY`: takes the host's table, which lives as long as the process, and returns its own,
/// which does as well; null if it cannot work with this host. Called once, from any thread, before anything else.
typedef const weft_table *(*weft_entry_fn)(const weft_table *host);

/// Writes what the plugin brings, as RON (see `weft_abi::Described`); the text lives as long as the process. Any thread.
typedef weft_status (*weft_describe_fn)(weft_text *out);

/// Does the work of the node of that place in the description: asks the host for inputs, gives outputs. Any thread, and
/// several calls at once.
typedef weft_status (*weft_run_fn)(weft_call call, uint32_t node);

/// Refuses inputs that cannot work, by `weft.fail`, before anything runs; only inputs that the file spells out are there.
/// Any thread, and several calls at once.
typedef weft_status (*weft_check_fn)(weft_call call, uint32_t node);

/// Finds the value of an input; `WEFT_ABSENT` if it was left out.
typedef weft_status (*weft_input_fn)(weft_call call, weft_text name, weft_value *out);

/// Tells what a value is.
typedef weft_status (*weft_kind_of_fn)(weft_call call, weft_value value, weft_kind *out);

/// Reads a truth value, as 0 or 1.
typedef weft_status (*weft_get_bool_fn)(weft_call call, weft_value value, uint8_t *out);

/// Reads a whole number or a seed.
typedef weft_status (*weft_get_integer_fn)(weft_call call, weft_value value, int64_t *out);

/// Reads a number, whole or not.
typedef weft_status (*weft_get_number_fn)(weft_call call, weft_value value, double *out);

/// Reads a colour into four numbers.
typedef weft_status (*weft_get_color_fn)(weft_call call, weft_value value, float *out);

/// Reads a text; it is good until the value is released or the call ends.
typedef weft_status (*weft_get_text_fn)(weft_call call, weft_value value, weft_text *out);

/// Tells how many values a list has.
typedef weft_status (*weft_length_fn)(weft_call call, weft_value value, size_t *out);

/// Finds one value of a list, counted from 0.
typedef weft_status (*weft_item_fn)(weft_call call, weft_value value, size_t index, weft_value *out);

/// Tells the shape of a picture or mask.
typedef weft_status (*weft_get_shape_fn)(weft_call call, weft_value value, weft_shape *out);

/// Copies the numbers of a picture or mask, all of them, to `out`, which has room for `length`; they are read back from
/// the device if they are on one.
typedef weft_status (*weft_read_fn)(weft_call call, weft_value value, float *out, size_t length);

/// Makes a truth value of 0 or another number.
typedef weft_status (*weft_make_bool_fn)(weft_call call, uint8_t from, weft_value *out);

/// Makes a whole number.
typedef weft_status (*weft_make_integer_fn)(weft_call call, int64_t from, weft_value *out);

/// Makes a number.
typedef weft_status (*weft_make_number_fn)(weft_call call, double from, weft_value *out);

/// Makes a seed of the bits of a whole number.
typedef weft_status (*weft_make_seed_fn)(weft_call call, int64_t from, weft_value *out);

/// Makes a colour of four numbers.
typedef weft_status (*weft_make_color_fn)(weft_call call, const float *from, weft_value *out);

/// Makes a text, which is copied.
typedef weft_status (*weft_make_text_fn)(weft_call call, weft_text from, weft_value *out);

/// Makes a list of values of one type, named by `element` as in a graph (`Image`); the values stay good.
typedef weft_status (*weft_make_list_fn)(weft_call call,
                                         weft_text element,
                                         const weft_value *from,
                                         size_t length,
                                         weft_value *out);

/// Makes a picture or mask of `length` numbers, which are copied to the device of the run.
typedef weft_status (*weft_make_picture_fn)(weft_call call,
                                            const weft_shape *shape,
                                            const float *from,
                                            size_t length,
                                            weft_value *out);

/// Runs a program on pictures where they are and makes its result; what is wrong with the program is told as `weft.fail`
/// would.
typedef weft_status (*weft_run_wgsl_fn)(weft_call call, const weft_program *program, weft_value *out);

/// Gives the output of that place in the description; the value stays good.
typedef weft_status (*weft_give_fn)(weft_call call, uint32_t output, weft_value value);

/// Says that `done` of `total` steps are done; `WEFT_CANCELLED` if the run has been cancelled. Call it at least ten
/// times a second in anything that takes longer.
typedef weft_status (*weft_step_fn)(weft_call call, uint64_t done, uint64_t total);

/// Shows a picture of what there is so far.
typedef weft_status (*weft_preview_fn)(weft_call call, weft_value value);

/// Writes a line to the log.
typedef weft_status (*weft_log_fn)(weft_call call, weft_level level, weft_text message);

/// Says why the node fails: return `WEFT_FAILED` afterwards. `input` names the input at fault, or is empty.
typedef weft_status (*weft_fail_fn)(weft_call call, weft_text input, weft_text message);

/// Lets go of a value before the call ends; all that are left go with the call.
typedef weft_status (*weft_release_fn)(weft_call call, weft_value value);

#if defined(_WIN32)
#define WEFT_EXPORT __declspec(dllexport)
#else
#define WEFT_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// What a plugin exports: see `weft_entry_fn`.
WEFT_EXPORT const weft_table *weft_plugin(const weft_table *host);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WEFT_H
