/// Limits of forms until their token has come, and of bodies in memory; each for one process.
public struct AnonymousFormSettings: Sendable {
    /// `CLIPYARD_ANONYMOUS_FORM_BYTES` (default 64 MiB): what one form may have on disk.
    public let bytesPerForm: Int
    /// `CLIPYARD_ANONYMOUS_FORMS_BYTES` (default 256 MiB): what all of them may have on disk.
    public let bytesInAll: Int
    /// `CLIPYARD_ANONYMOUS_FORMS_PER_ADDRESS` (default 4): forms of one address at a time; 0 for none.
    public let perAddress: Int
    /// `CLIPYARD_ANONYMOUS_FORMS` (default 64): forms at a time; 0 for none.
    public let inAll: Int
    /// `CLIPYARD_ANONYMOUS_FORM_SECONDS` (default 120): the time from a form's start to its token.
    public let seconds: Int
    /// `CLIPYARD_BODY_MEMORY_BYTES` (default 32 MiB): fields, covers and other bodies in memory.
    ///
    /// No picture can be larger.
    public let bodyMemoryBytes: Int

    init(_ reader: inout SettingsReader) {
        bytesPerForm = reader.integer("CLIPYARD_ANONYMOUS_FORM_BYTES", default: 64 << 20, in: 0...(1 << 40))
        bytesInAll = reader.integer("CLIPYARD_ANONYMOUS_FORMS_BYTES", default: 256 << 20, in: 0...(1 << 40))
        perAddress = reader.integer("CLIPYARD_ANONYMOUS_FORMS_PER_ADDRESS", default: 4, in: 0...65_535)
        inAll = reader.integer("CLIPYARD_ANONYMOUS_FORMS", default: 64, in: 0...65_535)
        seconds = reader.integer("CLIPYARD_ANONYMOUS_FORM_SECONDS", default: 120, in: 1...3600)
        bodyMemoryBytes = reader.integer("CLIPYARD_BODY_MEMORY_BYTES", default: 32 << 20, in: (1 << 20)...(1 << 40))
    }
}
