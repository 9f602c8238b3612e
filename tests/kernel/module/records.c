// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-2.0-only
/* Records that wait for the firmware to read them. */
#include <linux/slab.h>

#include "mei_sim.h"

struct record {
	struct list_head list;
	u32 slots;		/* held in the driver's buffer until the firmware reads the record */
	size_t size;
	u8 data[];		/* __le32 type, then the rest */
};

DEFINE_SPINLOCK(records_lock);
DECLARE_WAIT_QUEUE_HEAD(records_wait);
static LIST_HEAD(records);
static bool present;

bool firmware_present(void)
{
	return READ_ONCE(present);
}

void firmware_set_present(bool value)
{
	WRITE_ONCE(present, value);
}

bool records_waiting(void)
{
	return !list_empty(&records);
}

static struct record *new_record(u32 type, const void *header, size_t header_size,
				 const void *data, size_t size)
{
	struct record *made = kmalloc(sizeof(*made) + sizeof(type) + header_size + size, GFP_KERNEL);
	__le32 wire = cpu_to_le32(type);

	if (!made)
		return NULL;
	made->size = sizeof(wire) + header_size + size;
	memcpy(made->data, &wire, sizeof(wire));
	if (header_size)
		memcpy(made->data + sizeof(wire), header, header_size);
	if (size)
		memcpy(made->data + sizeof(wire) + header_size, data, size);
	return made;
}

/* Without a firmware the record is swallowed, as messages to an engine that is down are. */
int records_push(struct mei_device *engine, u32 type, const void *header, size_t header_size,
		 const void *data, size_t size, u32 slots)
{
	struct record *made = new_record(type, header, header_size, data, size);
	unsigned long flags;

	if (!made)
		return -ENOMEM;
	made->slots = slots;
	spin_lock_irqsave(&records_lock, flags);
	if (present) {
		list_add_tail(&made->list, &records);
		if (slots)
			hardware_of(engine)->filled += slots;
		made = NULL;
	}
	spin_unlock_irqrestore(&records_lock, flags);
	kfree(made);
	wake_up_interruptible(&records_wait);
	return 0;
}

/* Size of the record, or -EAGAIN. `emptied`: the driver may send again. */
ssize_t records_pop(struct mei_device *engine, u8 *data, size_t size, bool *emptied)
{
	struct record *oldest;
	unsigned long flags;
	ssize_t copied;

	spin_lock_irqsave(&records_lock, flags);
	oldest = list_first_entry_or_null(&records, struct record, list);
	if (oldest) {
		list_del(&oldest->list);
		if (engine && oldest->slots) {
			hardware_of(engine)->filled -= oldest->slots;
			*emptied = !hardware_of(engine)->filled;
		}
	}
	spin_unlock_irqrestore(&records_lock, flags);
	if (!oldest)
		return -EAGAIN;
	copied = min(size, oldest->size);
	memcpy(data, oldest->data, copied);
	kfree(oldest);
	return copied;
}

void records_flush(void)
{
	struct record *each, *next;
	unsigned long flags;
	LIST_HEAD(old);

	spin_lock_irqsave(&records_lock, flags);
	list_splice_init(&records, &old);
	spin_unlock_irqrestore(&records_lock, flags);
	list_for_each_entry_safe(each, next, &old, list)
		kfree(each);
}
