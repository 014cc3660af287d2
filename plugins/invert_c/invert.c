// A plugin in C: it turns the light of a picture over.

#include "weft.h"

#include <stdlib.h>
#include <string.h>

// The functions of the host that this plugin calls.
static weft_input_fn find_input;
static weft_get_number_fn get_number;
static weft_get_shape_fn get_shape;
static weft_read_fn read_numbers;
static weft_make_picture_fn make_picture;
static weft_give_fn give;
static weft_step_fn step;
static weft_fail_fn fail;

// What the plugin brings: its id and version, then each node with its inputs and outputs. The help is what users see.
static const char DESCRIPTION[] =
    "(\n"
    "    id: \"weft.invert_c\",\n"
    "    version: \"0.1.0\",\n"
    "    nodes: [(\n"
    "        id: \"weft.invert_c.InvertLight\",\n"
    "        help: \"Turns the light of a picture over: black becomes white.\\n\\nEach number x becomes 1 - x. Alpha stays as it is.\",\n"
    "        inputs: [\n"
    "            (name: \"image\", ty: \"Image\", form: Wired, help: \"Picture to turn over.\"),\n"
    "            (name: \"amount\", ty: \"Number\", form: Number, help: \"How far: 0 leaves the picture as it is, 0.5 makes it grey.\",\n"
    "             default: Number(1.0), range: (min: 0.0, max: 1.0)),\n"
    "        ],\n"
    "        outputs: [(name: \"image\", ty: \"Image\", help: \"The picture, turned over.\")],\n"
    "    )],\n"
    ")\n";

static weft_text text(const char *words) {
  weft_text it = {(const uint8_t *)words, strlen(words)};
  return it;
}

static weft_status describe(weft_text *out) {
  *out = text(DESCRIPTION);
  return WEFT_OK;
}

// Turns the numbers over, plane by plane: a plane is one channel of one picture.
static weft_status invert(weft_call call, const weft_shape *shape, double amount, float *numbers) {
  const size_t area = (size_t)shape->height * shape->width;
  const uint32_t planes = shape->batch * shape->channels;
  for (uint32_t plane = 0; plane < planes; plane++) {
    // A progress bar for the user, and the place where a run can be stopped.
    weft_status status = step(call, plane, planes);
    if (status != WEFT_OK) return status;
    if (plane % shape->channels == 3) continue;  // alpha
    float *number = numbers + plane * area;
    for (size_t at = 0; at < area; at++) number[at] += (float)(amount * (1.0 - 2.0 * number[at]));
  }
  return WEFT_OK;
}

static weft_status invert_light(weft_call call) {
  weft_value image, amount, made;
  weft_shape shape;
  double how_far;
  weft_status status;
  if ((status = find_input(call, text("image"), &image)) != WEFT_OK) return status;
  if ((status = find_input(call, text("amount"), &amount)) != WEFT_OK) return status;
  if ((status = get_number(call, amount, &how_far)) != WEFT_OK) return status;
  if ((status = get_shape(call, image, &shape)) != WEFT_OK) return status;

  const size_t length = (size_t)shape.batch * shape.channels * shape.height * shape.width;
  float *numbers = malloc(length * sizeof *numbers);
  if (numbers == NULL) {
    fail(call, text("image"), text("there is no memory for its numbers"));
    return WEFT_FAILED;
  }
  status = read_numbers(call, image, numbers, length);
  if (status == WEFT_OK) status = invert(call, &shape, how_far, numbers);
  if (status == WEFT_OK) status = make_picture(call, &shape, numbers, length, &made);
  free(numbers);
  return status == WEFT_OK ? give(call, 0, made) : status;
}

static weft_status run(weft_call call, uint32_t node) {
  if (node != 0) return WEFT_FAILED;
  return invert_light(call);
}

static weft_function find(const char *id) {
  if (strcmp(id, WEFT_DESCRIBE) == 0) return (weft_function)describe;
  if (strcmp(id, WEFT_RUN) == 0) return (weft_function)run;
  return NULL;
}

static const weft_table PLUGIN = {sizeof PLUGIN, WEFT_ABI, find};

const weft_table *weft_plugin(const weft_table *host) {
  if (host == NULL) return NULL;
  // A host of another version looks at the version of this table and says so; until then nothing is asked of it.
  if (host->abi != WEFT_ABI || host->size < sizeof *host) return &PLUGIN;
  find_input = (weft_input_fn)host->find(WEFT_INPUT);
  get_number = (weft_get_number_fn)host->find(WEFT_GET_NUMBER);
  get_shape = (weft_get_shape_fn)host->find(WEFT_GET_SHAPE);
  read_numbers = (weft_read_fn)host->find(WEFT_READ);
  make_picture = (weft_make_picture_fn)host->find(WEFT_MAKE_PICTURE);
  give = (weft_give_fn)host->find(WEFT_GIVE);
  step = (weft_step_fn)host->find(WEFT_STEP);
  fail = (weft_fail_fn)host->find(WEFT_FAIL);
  const int has_all = find_input && get_number && get_shape && read_numbers && make_picture && give && step && fail;
  return has_all ? &PLUGIN : NULL;
}
