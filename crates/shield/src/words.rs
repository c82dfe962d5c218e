//! Many words looked for at once, with tables small enough to stay in the processor's nearest cache: at each place of a
//! text the next bytes, a *head*, are held against a set of bits, which nearly every place leaves by; only where some word
//! may begin a tree is walked. An automaton over the same words is some hundred times as large, and
//! most of what it costs is fetching its states from memory.

/// 2^16 bits, 8 KiB.
const GATE_BITS: u32 = 16;

/// The same for words shorter than a head: 2^14 bits, 2 KiB.
const SHORT_BITS: u32 = 14;

/// The words, numbered as they were given. A head has `HEAD` bytes, three or four; four always where it begins outside ASCII.
pub(crate) struct Words<const HEAD: usize> {
    gate: Box<[u64; 1 << (GATE_BITS - 6)]>,
    /// Whether words shorter than a head exist.
    has_short: bool,
    /// For text of ASCII: three bytes that stand at the beginning of a word, or one after it, so that only every other place
    /// need be looked at.
    every_other: Box<[u64; 1 << (GATE_BITS - 6)]>,
    /// The first two bytes that words shorter than a head begin with, by a hash.
    short_gate: Box<[u64; 1 << (SHORT_BITS - 6)]>,
    /// Heads and short words with the tree's node each leads to; open addressing, 0 is empty.
    heads: Vec<(u64, u32)>,
    nodes: Vec<Node>,
    /// For each node the byte that leads to it.
    labels: Vec<u8>,
    /// The numbers of words, by the nodes they end at.
    numbers: Vec<u32>,
}

/// A node of the tree. Its children stand together.
#[derive(Clone, Copy, Default)]
struct Node {
    children: u32,
    numbers: u32,
    children_len: u16,
    numbers_len: u16,
}

impl<const HEAD: usize> Words<HEAD> {
    /// Of these words; empty ones are never found.
    pub fn of<W: AsRef<str>>(words: &[W]) -> Self {
        let mut sorted: Vec<(&[u8], u32)> = words
            .iter()
            .map(|word| word.as_ref().as_bytes())
            .zip(0..)
            .filter(|(word, _)| !word.is_empty())
            .collect();
        sorted.sort_unstable();
        let mut built = Self {
            gate: Box::new([0; 1 << (GATE_BITS - 6)]),
            has_short: false,
            every_other: Box::new([0; 1 << (GATE_BITS - 6)]),
            short_gate: Box::new([0; 1 << (SHORT_BITS - 6)]),
            heads: Vec::new(),
            nodes: vec![Node::default()],
            labels: vec![0],
            numbers: Vec::new(),
        };
        for (word, _) in sorted.iter().filter(|(word, _)| HEAD == 3 && word.is_ascii()) {
            built.open_every_other(word);
        }
        // Nodes still to be filled: the words below, and how many bytes lead there.
        let mut open = std::collections::VecDeque::from([(0, &*sorted, 0)]);
        let mut heads: Vec<(u32, usize, u32)> = Vec::new();
        while let Some((place, words, depth)) = open.pop_front() {
            let ending = words.iter().take_while(|(word, _)| word.len() == depth).count();
            let (here, below) = words.split_at(ending);
            if let Some((word, _)) = words.first().filter(|_| depth > 0) {
                let head_len = Self::head_len(word.first().copied().unwrap_or(0));
                let is_short = depth < head_len && !here.is_empty();
                if depth == head_len || is_short {
                    built.has_short |= is_short;
                    if is_short {
                        built.open_short(word.get(..depth).unwrap_or_default());
                    }
                    heads.push((packed(word.get(..depth).unwrap_or_default()), depth, number(place)));
                }
            }
            let node = Node {
                children: number(built.nodes.len()),
                numbers: number(built.numbers.len()),
                children_len: 0,
                numbers_len: u16::try_from(here.len()).unwrap_or(u16::MAX),
            };
            built.numbers.extend(here.iter().map(|(_, number)| *number));
            let same = |left: &(&[u8], u32), right: &(&[u8], u32)| left.0.get(depth) == right.0.get(depth);
            let mut children_len = 0;
            for child in below.chunk_by(same) {
                open.push_back((built.nodes.len(), child, depth + 1));
                built.nodes.push(Node::default());
                built.labels.push(child.first().and_then(|(word, _)| word.get(depth)).copied().unwrap_or(0));
                children_len += 1;
            }
            if let Some(slot) = built.nodes.get_mut(place) {
                *slot = Node { children_len, ..node };
            }
        }
        built.heads = vec![(0, 0); (heads.len() * 2).next_power_of_two().max(2)];
        for (head, length, node) in heads {
            let key = key(head, length);
            let (word, bit) = gate_place(head);
            if let Some(slot) = built.gate.get_mut(word) {
                *slot |= bit;
            }
            let mut at = built.slot(key);
            while built.heads.get(at).is_some_and(|(held, _)| *held != 0) {
                at = (at + 1) & (built.heads.len() - 1);
            }
            if let Some(slot) = built.heads.get_mut(at) {
                *slot = (key, node);
            }
        }
        built
    }

    /// Every word shorter than a head that stands at `at`: its end and its number.
    #[inline]
    pub fn each_short_at(&self, text: &[u8], at: usize, found: &mut dyn FnMut(usize, usize)) {
        let Some(first) = text.get(at).filter(|_| self.has_short) else { return };
        for length in 1..Self::head_len(*first) {
            self.short_at(text, at, length, found);
        }
    }

    /// The word of this length, shorter than a head, that stands at `at`.
    #[inline]
    fn short_at(&self, text: &[u8], at: usize, length: usize, found: &mut dyn FnMut(usize, usize)) {
        if let Some(node) = text.get(at..at + length).and_then(|head| self.head(packed(head), length)) {
            self.tell(node, at + length, found);
        }
    }

    /// Every word of a head's length or more that stands at `at`, the shortest first: its end and its number.
    #[inline]
    pub fn each_at(&self, text: &[u8], at: usize, found: &mut dyn FnMut(usize, usize)) {
        let Some(first) = text.get(at).copied() else { return };
        let head_len = Self::head_len(first);
        let Some(head) = text.get(at..at + head_len) else { return };
        let Some(mut place) = self.head(packed(head), head_len) else { return };
        let mut end = at + head_len;
        loop {
            let node = self.tell(place, end, found);
            let Some(next) = text.get(end) else { return };
            let from = node.children as usize;
            let Some(labels) = self.labels.get(from..from + usize::from(node.children_len)) else { return };
            let Some(child) = labels.iter().position(|label| label == next) else { return };
            place = from + child;
            end += 1;
        }
    }

    /// Words from left to right, of several at one place the longest, of equal ones the first; none overlap.
    pub fn longest<'w, 't: 'w>(
        &'w self,
        text: &'t str,
    ) -> impl Iterator<Item = (std::ops::Range<usize>, usize)> + 'w {
        let (bytes, is_ascii) = (text.as_bytes(), text.is_ascii());
        let mut at = 0;
        std::iter::from_fn(move || {
            while let Some(place) = self.next_place(bytes, is_ascii, at) {
                let mut longest: Option<(usize, usize)> = None;
                let mut lengthen = |end, number| {
                    if longest.is_none_or(|(held, _)| end > held) {
                        longest = Some((end, number));
                    }
                };
                self.each_short_at(bytes, place, &mut lengthen);
                self.each_at(bytes, place, &mut lengthen);
                if let Some((end, number)) = longest {
                    at = end;
                    return Some((place..end, number));
                }
                at = place + 1;
            }
            None
        })
    }

    /// The next place at or after `from` where a word of a head's length or more may begin. `is_ascii` is known of the whole
    /// text, so that it is not read again and again.
    #[inline]
    fn next_head(&self, text: &[u8], is_ascii: bool, from: usize) -> Option<usize> {
        if HEAD == 3 && is_ascii {
            return self.next_of_ascii(text, from);
        }
        let rest = text.get(from..)?;
        let mut fours = rest.array_windows::<4>();
        let place = if HEAD == 4 {
            fours.position(|four| self.is_open(u32::from_le_bytes(*four)))
        } else {
            fours.position(|four| {
                let head = u32::from_le_bytes(*four);
                self.is_open(if four[0] < 0x80 { head & 0x00ff_ffff } else { head })
            })
        };
        if let Some(place) = place {
            return Some(from + place);
        }
        if HEAD == 4 {
            return None;
        }
        let place = rest.len().checked_sub(3)?;
        let last = rest.last_chunk::<3>()?;
        let is_head = last[0] < 0x80 && self.is_open(packed(last));
        is_head.then_some(from + place)
    }

    /// The same for words of every length.
    fn next_place(&self, text: &[u8], is_ascii: bool, from: usize) -> Option<usize> {
        if !self.has_short {
            return self.next_head(text, is_ascii, from);
        }
        (from..text.len()).find(|at| {
            let length = text.get(*at).map_or(0, |first| Self::head_len(*first));
            let mut heads = (1..=length).filter_map(|length| text.get(*at..at + length));
            heads.any(|head| self.is_open(packed(head)))
        })
    }

    #[inline]
    fn is_open(&self, head: u32) -> bool {
        let (word, bit) = gate_place(head);
        self.gate.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Lets a word of three bytes or more through at its first and at its second byte.
    fn open_every_other(&mut self, word: &[u8]) {
        let mut open = |three: [u8; 3]| {
            let (slot, bit) = gate_place(packed(&three));
            if let Some(slot) = self.every_other.get_mut(slot) {
                *slot |= bit;
            }
        };
        match *word {
            [first, second, third] => {
                open([first, second, third]);
                (0..128).for_each(|next| open([second, third, next]));
            }
            [first, second, third, fourth, ..] => {
                open([first, second, third]);
                open([second, third, fourth]);
            }
            _ => {}
        }
    }

    /// [`Self::next_head`] for heads of three bytes in a text of ASCII.
    fn next_of_ascii(&self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let (pairs, _) = rest.as_chunks::<2>();
        let mut at = from;
        let mut pairs = pairs.iter().map(|pair| u32::from(u16::from_le_bytes(*pair)));
        if let Some(mut before) = pairs.next() {
            for pair in pairs {
                let four = before | pair << 16;
                let (slot, bit) = gate_place(four >> 8);
                if self.every_other.get(slot).is_some_and(|bits| bits & bit != 0) {
                    if self.is_open(four & 0x00ff_ffff) {
                        return Some(at);
                    }
                    if self.is_open(four >> 8) {
                        return Some(at + 1);
                    }
                }
                at += 2;
                before = pair;
            }
        }
        text.get(at..)?
            .array_windows::<3>()
            .position(|head| self.is_open(packed(head)))
            .map(|place| at + place)
    }

    /// Lets a word shorter than a head through; one of a single byte with whatever follows.
    fn open_short(&mut self, word: &[u8]) {
        let seconds = match word {
            [_, second, ..] => *second..=*second,
            _ => 0..=u8::MAX,
        };
        for second in seconds {
            let (slot, bit) = short_place(packed(&[word.first().copied().unwrap_or(0), second]));
            if let Some(slot) = self.short_gate.get_mut(slot) {
                *slot |= bit;
            }
        }
    }

    /// Whether a word shorter than a head may begin with the first two bytes of this one.
    #[inline]
    fn is_short_open(&self, head: u32) -> bool {
        let (slot, bit) = short_place(head & 0xffff);
        self.short_gate.get(slot).is_some_and(|bits| bits & bit != 0)
    }

    /// The node a head of this length leads to.
    #[inline]
    fn head(&self, head: u32, length: usize) -> Option<usize> {
        if !self.is_open(head) {
            return None;
        }
        let key = key(head, length);
        let mut at = self.slot(key);
        loop {
            match self.heads.get(at) {
                Some((held, node)) if *held == key => return Some(*node as usize),
                Some((held, _)) if *held != 0 => at = (at + 1) & (self.heads.len() - 1),
                _ => return None,
            }
        }
    }

    fn tell(&self, place: usize, end: usize, found: &mut dyn FnMut(usize, usize)) -> Node {
        let node = self.nodes.get(place).copied().unwrap_or_default();
        let from = node.numbers as usize;
        for number in self.numbers.get(from..from + usize::from(node.numbers_len)).unwrap_or_default() {
            found(end, *number as usize);
        }
        node
    }

    /// How many bytes the head has that begins with this one.
    #[inline]
    fn head_len(first: u8) -> usize {
        if first < 0x80 { HEAD } else { 4 }
    }

    fn slot(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (self.heads.len() - 1)
    }
}

impl Words<4> {
    /// Every word of a text, those shorter than a head only where `wants` has the bit of their length: its beginning, its end
    /// and its number, from the last place to the first.
    pub fn each_wanted(
        &self,
        text: &[u8],
        wants: &dyn Fn(usize, u8) -> u8,
        found: &mut dyn FnMut(usize, usize, usize),
    ) {
        let mut head = 0;
        for (at, first) in text.iter().enumerate().rev() {
            head = head << 8 | u32::from(*first);
            let is_short_open = self.is_short_open(head);
            // Nearly every place is left here.
            if is_short_open || self.is_open(head) {
                let wanted = if is_short_open { wants(at, *first) } else { 0 };
                self.each_wanted_at(text, at, head, wanted, found);
            }
        }
    }

    #[inline(never)]
    fn each_wanted_at(
        &self,
        text: &[u8],
        at: usize,
        head: u32,
        wanted: u8,
        found: &mut dyn FnMut(usize, usize, usize),
    ) {
        for (length, mask) in [(1, 0xff), (2, 0xffff), (3, 0x00ff_ffff)] {
            // Beyond the end stand zeros, which are in no word.
            if wanted >> length & 1 == 1
                && let Some(node) = self.head(head & mask, length)
            {
                self.tell(node, at + length, &mut |end, number| found(at, end, number));
            }
        }
        if self.is_open(head) {
            self.each_at(text, at, &mut |end, number| found(at, end, number));
        }
    }
}

/// At most four bytes as a number.
#[inline]
fn packed(head: &[u8]) -> u32 {
    head.iter().rev().fold(0, |packed, byte| packed << 8 | u32::from(*byte))
}

/// Heads of different lengths differ; none is 0.
#[inline]
fn key(packed: u32, length: usize) -> u64 {
    u64::from(packed) | (length as u64) << 32
}

#[inline]
fn gate_place(head: u32) -> (usize, u64) {
    let hash = head.wrapping_mul(0x9e37_79b1) >> (32 - GATE_BITS);
    ((hash >> 6) as usize, 1 << (hash & 63))
}

#[inline]
fn short_place(two: u32) -> (usize, u64) {
    let hash = two.wrapping_mul(0x9e37_79b1) >> (32 - SHORT_BITS);
    ((hash >> 6) as usize, 1 << (hash & 63))
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &[&str] = &["pass", "password", "word", "is", "x", "пароль", "па", "密", "密码", "word"];

    #[test]
    fn every_word_at_a_place_is_told_with_its_number() {
        told(&Words::<3>::of(WORDS));
        told(&Words::<4>::of(WORDS));
    }

    fn told<const HEAD: usize>(words: &Words<HEAD>) {
        let found = |text: &str| {
            let mut found = Vec::new();
            for at in 0..text.len() {
                words.each_short_at(text.as_bytes(), at, &mut |end, number| found.push((at..end, number)));
                words.each_at(text.as_bytes(), at, &mut |end, number| found.push((at..end, number)));
            }
            found
        };
        assert_eq!(found("password"), [(0..4, 0), (0..8, 1), (4..8, 2), (4..8, 9)]);
        assert_eq!(found("isx"), [(0..2, 3), (2..3, 4)]);
        assert_eq!(found("пароль"), [(0..4, 6), (0..12, 5)]);
        assert_eq!(found("密码"), [(0..3, 7), (0..6, 8)]);
        assert_eq!(found("pas пару 码"), [(4..8, 6)]);
    }

    #[test]
    fn the_longest_words_from_left_to_right_do_not_overlap() {
        let words = Words::<3>::of(WORDS);
        let found: Vec<_> = words.longest("a password is xis 密码").collect();
        assert_eq!(found, [(2..10, 1), (11..13, 3), (14..15, 4), (15..17, 3), (18..24, 8)]);
        let without_short = Words::<3>::of(&["eyJ", "pass", "parole"]);
        let found: Vec<_> = without_short.longest("eyJeyJ parol pass").collect();
        assert_eq!(found, [(0..3, 0), (3..6, 0), (13..17, 1)]);
        assert_eq!(without_short.longest("ey").count(), 0);
    }
}
