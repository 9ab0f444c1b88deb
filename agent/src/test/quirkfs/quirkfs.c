/* A file system in user space that passes everything on to a directory, but lacks what the mounts of hosted notebooks
   lack. For the tests of the agent.

   QUIRK=<mount> QUIRK_ROOT=/backing quirkfs /mnt [-f]

   where <mount> is one of those below, or a list of lacks:
     norename nolink nosymlink nochmod notime second noappend inorder nocase
   Build: cc -O2 quirkfs.c $(pkg-config --cflags --libs fuse3) -o quirkfs */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { NORENAME = 1, NOLINK = 2, NOSYMLINK = 4, NOCHMOD = 8, NOTIME = 16, SECOND = 32, NOAPPEND = 64, INORDER = 128, NOCASE = 256 };

static const struct { const char *name; int lacks; } known[] = {
    {"volumes", NORENAME | NOLINK | NOSYMLINK | NOCHMOD | NOTIME | INORDER},
    {"dbfs", NOLINK | NOSYMLINK | NOCHMOD | NOTIME | NOAPPEND | INORDER},
    {"drive", NOLINK | NOSYMLINK | NOCHMOD},
    {"wsfs", NOLINK | NOCHMOD},
    {"exfat", NOLINK | NOSYMLINK | NOCHMOD | SECOND | NOCASE},
    {"norename", NORENAME}, {"nolink", NOLINK}, {"nosymlink", NOSYMLINK}, {"nochmod", NOCHMOD}, {"notime", NOTIME},
    {"second", SECOND}, {"noappend", NOAPPEND}, {"inorder", INORDER}, {"nocase", NOCASE},
};

static int lacks;
static char root[PATH_MAX];

#define GIVE(call) do { if ((call) < 0) return -errno; return 0; } while (0)

/* The path behind `path`; where case is ignored, each name as it was written. */
static void real(const char *path, char *out) {
    snprintf(out, PATH_MAX, "%s%s", root, path);
    struct stat st;
    if (!(lacks & NOCASE) || lstat(out, &st) == 0) return;
    strcpy(out, root);
    char rest[PATH_MAX];
    snprintf(rest, sizeof rest, "%s", path);
    for (char *name = strtok(rest, "/"); name; name = strtok(NULL, "/")) {
        char found[NAME_MAX + 1];
        snprintf(found, sizeof found, "%s", name);
        DIR *dir = opendir(out);
        for (struct dirent *e; dir && (e = readdir(dir));)
            if (strcasecmp(e->d_name, name) == 0) strcpy(found, e->d_name);
        if (dir) closedir(dir);
        strcat(strcat(out, "/"), found);
    }
}

#define REAL(path, name) char name[PATH_MAX]; real(path, name)

static void *q_init(struct fuse_conn_info *conn, struct fuse_config *config) {
    (void)conn;
    config->use_ino = 1;
    config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
    config->hard_remove = 1;
    return NULL;
}

static int q_getattr(const char *path, struct stat *st, struct fuse_file_info *fi) {
    (void)fi;
    REAL(path, p);
    if (lstat(p, st) < 0) return -errno;
    if (lacks & NOCHMOD) st->st_mode = (st->st_mode & S_IFMT) | 0755;
    if (lacks & SECOND) st->st_mtim.tv_nsec = 0;
    return 0;
}

static int q_readlink(const char *path, char *out, size_t size) {
    REAL(path, p);
    ssize_t n = readlink(p, out, size - 1);
    if (n < 0) return -errno;
    out[n] = 0;
    return 0;
}

static int q_readdir(const char *path, void *out, fuse_fill_dir_t fill, off_t off, struct fuse_file_info *fi, enum fuse_readdir_flags flags) {
    (void)off, (void)fi, (void)flags;
    REAL(path, p);
    DIR *dir = opendir(p);
    if (!dir) return -errno;
    for (struct dirent *e; (e = readdir(dir));) fill(out, e->d_name, NULL, 0, 0);
    closedir(dir);
    return 0;
}

static int q_mkdir(const char *path, mode_t mode) { REAL(path, p); GIVE(mkdir(p, mode)); }
static int q_unlink(const char *path) { REAL(path, p); GIVE(unlink(p)); }
static int q_rmdir(const char *path) { REAL(path, p); GIVE(rmdir(p)); }

static int q_symlink(const char *target, const char *path) {
    if (lacks & NOSYMLINK) return -EPERM;
    REAL(path, p);
    GIVE(symlink(target, p));
}

static int q_link(const char *path, const char *name) {
    if (lacks & NOLINK) return -EPERM;
    REAL(path, p);
    REAL(name, n);
    GIVE(link(p, n));
}

static int q_rename(const char *path, const char *name, unsigned flags) {
    if (lacks & NORENAME) return -ENOSYS;
    if (flags) return -EINVAL;
    REAL(path, p);
    REAL(name, n);
    GIVE(rename(p, n));
}

static int q_chmod(const char *path, mode_t mode, struct fuse_file_info *fi) {
    (void)fi;
    if (lacks & NOCHMOD) return 0;
    REAL(path, p);
    GIVE(chmod(p, mode));
}

static int q_truncate(const char *path, off_t size, struct fuse_file_info *fi) {
    (void)fi;
    if ((lacks & INORDER) && size != 0) return -EOPNOTSUPP;
    REAL(path, p);
    GIVE(truncate(p, size));
}

static int q_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi) {
    (void)fi;
    if (lacks & NOTIME) return 0;
    REAL(path, p);
    GIVE(utimensat(AT_FDCWD, p, times, AT_SYMLINK_NOFOLLOW));
}

static int q_open(const char *path, struct fuse_file_info *fi) {
    REAL(path, p);
    struct stat st;
    if ((lacks & NOAPPEND) && (fi->flags & O_APPEND) && stat(p, &st) == 0 && st.st_size > 0) return -EOPNOTSUPP;
    if (lacks & INORDER) fi->direct_io = 1;
    int fd = open(p, fi->flags & ~O_APPEND);
    if (fd < 0) return -errno;
    fi->fh = fd;
    return 0;
}

static int q_create(const char *path, mode_t mode, struct fuse_file_info *fi) {
    REAL(path, p);
    int fd = open(p, (fi->flags & ~O_APPEND) | O_CREAT, mode);
    if (fd < 0) return -errno;
    fi->fh = fd;
    return 0;
}

static int q_read(const char *path, char *out, size_t size, off_t off, struct fuse_file_info *fi) {
    (void)path;
    ssize_t n = pread(fi->fh, out, size, off);
    return n < 0 ? -errno : n;
}

static int q_write(const char *path, const char *data, size_t size, off_t off, struct fuse_file_info *fi) {
    (void)path;
    struct stat st;
    if ((lacks & INORDER) && fstat(fi->fh, &st) == 0 && off != st.st_size) return -EOPNOTSUPP;
    ssize_t n = pwrite(fi->fh, data, size, off);
    return n < 0 ? -errno : n;
}

static int q_release(const char *path, struct fuse_file_info *fi) { (void)path; close(fi->fh); return 0; }
static int q_fsync(const char *path, int data, struct fuse_file_info *fi) { (void)path, (void)data; GIVE(fsync(fi->fh)); }
static int q_statfs(const char *path, struct statvfs *st) { REAL(path, p); GIVE(statvfs(p, st)); }

static const struct fuse_operations operations = {
    .init = q_init, .getattr = q_getattr, .readlink = q_readlink, .readdir = q_readdir, .mkdir = q_mkdir,
    .unlink = q_unlink, .rmdir = q_rmdir, .symlink = q_symlink, .link = q_link, .rename = q_rename, .chmod = q_chmod,
    .truncate = q_truncate, .utimens = q_utimens, .open = q_open, .create = q_create, .read = q_read,
    .write = q_write, .release = q_release, .fsync = q_fsync, .statfs = q_statfs,
};

int main(int argc, char **argv) {
    char quirks[256];
    snprintf(quirks, sizeof quirks, "%s", getenv("QUIRK") ? getenv("QUIRK") : "");
    for (char *word = strtok(quirks, ","); word; word = strtok(NULL, ",")) {
        int found = 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strcmp(known[i].name, word) == 0) found = known[i].lacks;
        if (!found) return fprintf(stderr, "quirkfs: unknown quirk %s\n", word), 2;
        lacks |= found;
    }
    const char *backing = getenv("QUIRK_ROOT");
    if (!backing || !realpath(backing, root)) return fprintf(stderr, "quirkfs: set QUIRK_ROOT\n"), 2;
    return fuse_main(argc, argv, &operations, NULL);
}
