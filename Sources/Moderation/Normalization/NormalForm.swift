/// What one scalar is compared as.
struct NormalForm: Equatable, Sendable {
    enum Kind: UInt32 {
        /// As itself. The value that most scalars have, so it is 0.
        case same
        /// As the scalar of the payload.
        case other
        /// As several: the payload is an index into ``Normalization/expansions``.
        case several
        /// Not at all: invisible characters and marks upon the letter before.
        case nothing
        /// Not at all, but it stands between letters, as in `a.b`.
        case separator
        /// The same, and it is what separates words of languages that do so.
        case space
    }

    /// Bits 0–2 the kind, bit 3 ``isAlphabetic``, from bit 4 the payload.
    let bits: UInt32

    init(bits: UInt32) { self.bits = bits }

    init(_ kind: Kind, isAlphabetic: Bool = false, payload: UInt32 = 0) {
        bits = kind.rawValue | (isAlphabetic ? 8 : 0) | payload << 4
    }

    var kind: Kind { Kind(rawValue: bits & 7) ?? .same }
    /// A letter or digit of a script that puts spaces between words.
    var isAlphabetic: Bool { bits & 8 != 0 }
    var payload: UInt32 { bits >> 4 }
}
