/* A plugin that does everything a plugin must not do, one node each. Built by the tests of the host and of the program.
 * It declares by hand what it needs of weft.h, since it breaks what that promises. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t call, value;
typedef struct { const char *bytes; size_t length; } text;
typedef struct { uint32_t kind, space, batch, channels, height, width; } shape;
typedef struct {
    uint32_t size, inputs_length;
    text source;
    const value *inputs;
    const float *uniforms;
    size_t uniforms_length;
    shape s;
} program;
typedef struct { uint32_t size, abi; void (*(*find)(const char *))(void); } table;

static const table *host;
static int32_t (*input)(call, text, value *);
static int32_t (*get_shape)(call, value, shape *);
static int32_t (*get_number)(call, value, double *);
static int32_t (*read_pixels)(call, value, float *, size_t);
static int32_t (*make_picture)(call, const shape *, const float *, size_t, value *);
static int32_t (*make_number)(call, double, value *);
static int32_t (*run_wgsl)(call, const program *, value *);
static int32_t (*give)(call, uint32_t, value);
static int32_t (*step)(call, uint64_t, uint64_t);
static int32_t (*fail)(call, text, text);
static int32_t (*release)(call, value);

static text of(const char *string) {
    text made = { string, strlen(string) };
    return made;
}

static int32_t failed(call c, const char *why) {
    fail(c, of(""), of(why));
    return -1;
}

#define IMAGE "(name: \"image\", ty: \"Image\", form: Wired, help: \"Any picture.\")"
#define NODE(kind, inputs, type) \
    "(id: \"test.troubled." kind "\", help: \"Does what it is called.\", inputs: [" inputs "], " \
    "outputs: [(name: \"out\", ty: \"" type "\", help: \"What it gives.\")]),"

static const char *DESCRIPTION =
    "(id: \"test.troubled\", version: \"" VERSION "\", nodes: ["
    NODE("Echo", IMAGE, "Image")
    NODE("Segfault", IMAGE, "Image")
    NODE("Abort", IMAGE, "Image")
    NODE("Loop", IMAGE, "Image")
    NODE("Devour", IMAGE, "Image")
    NODE("Garbage", IMAGE, "Image")
    NODE("Twice", IMAGE, "Image")
    NODE("Liar", IMAGE, "Image")
    NODE("Nothing", IMAGE, "Image")
    NODE("Wrong", IMAGE, "Image")
    NODE("Build", IMAGE, "Number")
    NODE("Patient", IMAGE, "Image")
    NODE("Copy", IMAGE, "Image")
    NODE("Shade", IMAGE, "Image")
    NODE("Misshade", IMAGE, "Image")
    "])";

static int32_t describe(text *out) {
    *out = of(DESCRIPTION);
    return 0;
}

/* Every function with numbers that mean nothing: each must say so and harm nothing. */
static int32_t garbage(call c, value image) {
    uint64_t wrong[] = { 0, 1, 7, ~0ull, image ^ 1ull, image + (1ull << 32), 0xdeadbeefull };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        shape s;
        value made;
        if (get_shape(c, wrong[i], &s) == 0) return failed(c, "a wrong value was taken");
        if (give(c, 0, wrong[i]) == 0) return failed(c, "a wrong value was given");
        if (release(c, wrong[i]) == 0) return failed(c, "a wrong value was released");
        if (wrong[i] != c && get_shape(wrong[i], image, &s) == 0) return failed(c, "a wrong call was taken");
        if (input(wrong[i], of("image"), &made) == 0) return failed(c, "a wrong call had an input");
    }
    if (get_shape(c, image, NULL) == 0) return failed(c, "nothing was written to");
    if (give(c, 99, image) == 0) return failed(c, "there is no output 99");
    text broken = { "\xff\xfe", 2 };
    value made;
    if (input(c, broken, &made) == 0) return failed(c, "that is no text");
    text null = { NULL, 5 };
    if (input(c, null, &made) == 0) return failed(c, "that is nothing");
    return give(c, 0, image);
}

static int32_t twice(call c, value image) {
    if (release(c, image) != 0) return failed(c, "it can be released once");
    if (release(c, image) == 0) return failed(c, "it can be released twice");
    if (give(c, 0, image) == 0) return failed(c, "it can be given after its release");
    return failed(c, "released twice, and said so");
}

static int32_t liar(call c) {
    shape huge = { 8, 0, 1, 3, 4000000000u, 4000000000u }, none = { 8, 0, 0, 3, 4, 4 }, odd = { 8, 0, 1, 2, 4, 4 };
    shape small = { 8, 0, 1, 3, 4, 4 };
    float numbers[48] = { 0 };
    value made;
    if (make_picture(c, &huge, numbers, 48, &made) == 0) return failed(c, "a huge one was made of 48 numbers");
    if (make_picture(c, &none, numbers, 0, &made) == 0) return failed(c, "an empty one was made");
    if (make_picture(c, &odd, numbers, 32, &made) == 0) return failed(c, "one of two channels was made");
    if (make_picture(c, &small, numbers, 47, &made) == 0) return failed(c, "one of 47 numbers was made");
    if (make_picture(c, &small, NULL, 48, &made) == 0) return failed(c, "one of nothing was made");
    if (make_picture(c, NULL, numbers, 48, &made) == 0) return failed(c, "one without shape was made");
    if (make_picture(c, &small, numbers, 48, &made) != 0) return failed(c, "a good one was not made");
    return give(c, 0, made);
}

/* Not troubled at all: the numbers out and in again. */
static int32_t copy(call c, value image) {
    shape s;
    value made;
    if (get_shape(c, image, &s) != 0) return failed(c, "there is no shape");
    size_t length = (size_t)s.batch * s.channels * s.height * s.width;
    float *numbers = malloc(length * sizeof *numbers);
    int32_t status = read_pixels(c, image, numbers, length);
    if (status == 0) status = make_picture(c, &s, numbers, length, &made);
    free(numbers);
    return status == 0 ? give(c, 0, made) : failed(c, "it cannot be copied");
}

/* A program on the picture where it is: each number times the uniform. */
static int32_t shade(call c, value image, const char *product) {
    static const char BEFORE[] =
        "@group(0) @binding(0) var<storage, read_write> seen: array<f32>;\n"
        "@group(0) @binding(1) var<storage, read_write> made: array<f32>;\n"
        "@group(0) @binding(2) var<storage, read> uniforms: array<f32>;\n"
        "@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {\n"
        "    if (id.x < arrayLength(&made)) { made[id.x] = ";
    char source[1024];
    snprintf(source, sizeof source, "%s%s; }\n}\n", BEFORE, product);
    const float uniforms[] = { 2.0f };
    program p = { sizeof(program), 1, of(source), &image, uniforms, 1, { 0 } };
    value made;
    if (get_shape(c, image, &p.s) != 0) return failed(c, "there is no shape");
    /* The host has said what is wrong, if anything is. */
    if (run_wgsl(c, &p, &made) != 0) return -1;
    return give(c, 0, made);
}

static int32_t devour(void) {
    for (;;) {
        char *more = malloc(64 << 20);
        if (!more) abort();
        memset(more, 1, 64 << 20);
    }
}

static int32_t run(call c, uint32_t node) {
    value image, made;
    if (input(c, of("image"), &image) != 0) return failed(c, "there is no image");
    switch (node) {
    case 0: return give(c, 0, image);
    case 1: *(volatile int *)8 = 1; return 0;
    case 2: abort();
    case 3: for (volatile int i = 0;; i++) {}
    case 4: return devour();
    case 5: return garbage(c, image);
    case 6: return twice(c, image);
    case 7: return liar(c);
    case 8: return 0;
    case 9: make_number(c, NAN, &made); return give(c, 0, made);
    case 10: make_number(c, BUILD, &made); return give(c, 0, made);
    case 11:
        for (uint64_t i = 0; step(c, i, 0) == 0; i++) {}
        return -2;
    case 12: return copy(c, image);
    case 13: return shade(c, image, "seen[id.x] * uniforms[0]");
    case 14: return shade(c, image, "seen[id.x] * unfirms[0]");
    }
    return -1;
}

static void (*find(const char *id))(void) {
    if (!strcmp(id, "weft.describe")) return (void (*)(void))describe;
    if (!strcmp(id, "weft.run")) return (void (*)(void))run;
    return NULL;
}

static const table TABLE = { sizeof(table), ABI, find };

#ifdef ENTRY
__attribute__((visibility("default"))) const table *ENTRY(const table *from) {
    host = from;
    *(void **)&input = (void *)host->find("weft.input");
    *(void **)&get_shape = (void *)host->find("weft.get_shape");
    *(void **)&get_number = (void *)host->find("weft.get_number");
    *(void **)&read_pixels = (void *)host->find("weft.read");
    *(void **)&make_picture = (void *)host->find("weft.make_picture");
    *(void **)&make_number = (void *)host->find("weft.make_number");
    *(void **)&run_wgsl = (void *)host->find("weft.run_wgsl");
    *(void **)&give = (void *)host->find("weft.give");
    *(void **)&step = (void *)host->find("weft.step");
    *(void **)&fail = (void *)host->find("weft.fail");
    *(void **)&release = (void *)host->find("weft.release");
    return &TABLE;
}
#endif
