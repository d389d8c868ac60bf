/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver for a fuzz target without libFuzzer: gives it every file of a corpus, and on demand any
 * number of inputs made from them by chance (but the same ones for the same seed).
 *
 *   replay-<name> [--random N SEED] FOLDER|FILE...
 *
 * The inputs are run by a child process. When it dies, or spends 20 seconds on one input, the
 * parent, which shares the memory of that input, writes it to crash-<name>-<seed> and says so.
 * Status 0: all inputs passed. 1: a finding. 2: it was called wrongly.
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1 << 20)
#define MADE_MAX ((size_t)4096) /* made inputs stay small, so that many can be run */
#define FILES_MAX 100000
#define SECONDS_PER_INPUT 20

/* Shared between parent and child: what is being run. */
struct shared {
	size_t size;
	unsigned long done;
	char name[512];
	uint8_t data[INPUT_MAX];
};

struct input {
	char *name;
	uint8_t *data;
	size_t size;
};

static struct input inputs[FILES_MAX];
static size_t input_count;
static struct shared *shared;
static uint64_t random_state;

static uint32_t chance(uint32_t below)
{
	/* xorshift64*, which is plenty for mixing bytes */
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % below;
}

static bool add_file(const char *path)
{
	FILE *f = fopen(path, "re");
	if (!f || input_count == FILES_MAX) {
		fprintf(stderr, "cannot read %s: %s\n", path,
			f ? "too many files" : strerror(errno));
		if (f)
			fclose(f);
		return false;
	}
	struct input *in = &inputs[input_count++];
	size_t size = fread(shared->data, 1, INPUT_MAX, f);
	fclose(f);
	in->name = strdup(path);
	in->data = malloc(size ? size : 1);
	in->size = size;
	if (!in->name || !in->data) {
		fprintf(stderr, "out of memory\n");
		return false;
	}
	memcpy(in->data, shared->data, size);
	return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_path(const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return add_file(path);
	struct dirent **names;
	int n = scandir(path, &names, NULL, by_name);
	if (n < 0) {
		fprintf(stderr, "cannot read %s: %s\n", path, strerror(errno));
		return false;
	}
	bool ok = true;
	for (int i = 0; i < n; i++) {
		char file[1024];
		snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			ok = add_file(file) && ok;
		free(names[i]);
	}
	free(names);
	return ok;
}

static void run(const uint8_t *data, size_t size)
{
	/* In a block of its own size, so that AddressSanitizer sees a read past its end. */
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		_exit(2);
	memcpy(copy, data, size);
	alarm(SECONDS_PER_INPUT);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	shared->done++;
}

static void replay_all(void)
{
	for (size_t i = 0; i < input_count; i++) {
		snprintf(shared->name, sizeof(shared->name), "%s", inputs[i].name);
		memcpy(shared->data, inputs[i].data, inputs[i].size);
		shared->size = inputs[i].size;
		run(inputs[i].data, inputs[i].size);
	}
	shared->name[0] = '\0';
}

/* Makes room for, or takes away, bytes at `at`. */
static size_t move_tail(uint8_t *data, size_t size, size_t at, size_t out, size_t in)
{
	if (size - out + in > MADE_MAX)
		in = MADE_MAX - (size - out);
	memmove(data + at + in, data + at + out, size - at - out);
	return size - out + in;
}

/* A piece of another input replaces a piece of this one. */
static size_t splice(uint8_t *data, size_t size)
{
	const struct input *other = &inputs[chance((uint32_t)input_count)];
	if (other->size == 0)
		return size;
	size_t from = chance((uint32_t)other->size);
	size_t length = 1 + chance((uint32_t)(other->size - from));
	size_t at = chance((uint32_t)size + 1);
	size_t out = chance(2) ? chance((uint32_t)(size - at) + 1) : 0;
	if (length > MADE_MAX - (size - out))
		length = MADE_MAX - (size - out);
	size = move_tail(data, size, at, out, length);
	memcpy(data + at, other->data + from, length);
	return size;
}

static size_t repeat(uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	size_t at = chance((uint32_t)size);
	size_t length = 1 + chance((uint32_t)(size - at < 64 ? size - at : 64));
	for (uint32_t times = 1 + chance(chance(20) ? 4 : 200);
	     times > 0 && size + length <= MADE_MAX; times--) {
		size = move_tail(data, size, at, 0, length);
		memcpy(data + at, data + at + length, length);
	}
	return size;
}

/* A piece is made anew; longer ones are rare. */
static size_t invent(uint8_t *data, size_t size)
{
	size_t at = chance((uint32_t)size + 1);
	size_t out = chance((uint32_t)(size - at) + 1);
	size_t length = 1 + chance(1u << chance(8));
	if (length > MADE_MAX - (size - out))
		return size;
	size = move_tail(data, size, at, out, length);
	for (size_t i = 0; i < length; i++)
		data[at + i] = (uint8_t)chance(256);
	return size;
}

static size_t mutate(uint8_t *data, size_t size)
{
	static const uint8_t odd[] = "\0\xff\x7f\x80\r\n\t \"'%<>&/\\:;,.()-+0919aAzZ_=?#";
	size_t at = size ? chance((uint32_t)size) : 0;
	switch (chance(8)) {
	case 0:
		if (size)
			data[at] ^= (uint8_t)(1u << chance(8));
		return size;
	case 1:
		if (size)
			data[at] = odd[chance(sizeof(odd) - 1)];
		return size;
	case 2:
		if (size == MADE_MAX)
			return size;
		size = move_tail(data, size, at, 0, 1);
		data[at] = chance(2) ? odd[chance(sizeof(odd) - 1)] : (uint8_t)chance(256);
		return size;
	case 3:
		return size ? move_tail(data, size, at, 1 + chance((uint32_t)(size - at)), 0) : 0;
	case 4:
		return repeat(data, size);
	case 5:
		return invent(data, size);
	default:
		return splice(data, size);
	}
}

static void run_made(unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		const struct input *from = &inputs[chance((uint32_t)input_count)];
		size_t size = from->size < MADE_MAX ? from->size : MADE_MAX;
		memcpy(shared->data, from->data, size);
		for (uint32_t times = 1 + chance(8); times > 0; times--)
			size = mutate(shared->data, size);
		shared->size = size;
		run(shared->data, size);
		if ((i + 1) % 10000 == 0)
			fprintf(stderr, "# %lu inputs\n", i + 1);
	}
}

/* Waits for the child and reports how it ended; the status of this program. */
static int judge(pid_t child, const char *program, const char *seed)
{
	int status;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		printf("%lu inputs passed\n", shared->done);
		return 0;
	}
	const char *slash = strrchr(program, '/');
	char file[600];
	snprintf(file, sizeof(file), "crash-%s-%s", slash ? slash + 1 : program, seed);
	if (shared->name[0]) {
		snprintf(file, sizeof(file), "%s", shared->name);
	} else {
		FILE *f = fopen(file, "we");
		if (!f || fwrite(shared->data, 1, shared->size, f) != shared->size)
			fprintf(stderr, "cannot write %s\n", file);
		if (f)
			fclose(f);
	}
	bool slow = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
	printf("input %lu failed (%s): %s\n", shared->done + 1,
	       slow                  ? "too slow"
	       : WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
				     : "see above",
	       file);
	return 1;
}

int main(int argc, char **argv)
{
	unsigned long count = 0;
	const char *seed = "0";
	int first = 1;
	if (argc >= 4 && strcmp(argv[1], "--random") == 0) {
		count = strtoul(argv[2], NULL, 10);
		seed = argv[3];
		first = 4;
	}
	if (first >= argc) {
		fprintf(stderr, "usage: %s [--random N SEED] FOLDER|FILE...\n", argv[0]);
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		return 2;
	}
	for (int i = first; i < argc; i++) {
		if (!add_path(argv[i]))
			return 2;
	}
	if (input_count == 0) {
		fprintf(stderr, "%s: the corpus is empty\n", argv[first]);
		return 2;
	}
	random_state = (strtoul(seed, NULL, 10) + 1) * UINT64_C(0x9e3779b97f4a7c15);
	fflush(NULL);
	pid_t child = fork();
	if (child < 0) {
		perror("fork");
		return 2;
	}
	if (child > 0)
		return judge(child, argv[0], seed);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	replay_all();
	run_made(count);
	return 0;
}
