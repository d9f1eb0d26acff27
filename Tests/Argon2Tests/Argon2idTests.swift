import Argon2
import Testing

@Suite struct Argon2idTests {
    let cheap = Argon2id(parameters: Argon2Parameters(memoryKiB: 64, iterations: 1, parallelism: 1))

    @Test func aPasswordMatchesItsOwnHash() throws {
        let encoded = try cheap.hash("correct horse 电池")
        #expect(encoded.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(try Argon2id.verify("correct horse 电池", against: encoded))
    }

    @Test func anotherPasswordDoesNotMatch() throws {
        let encoded = try cheap.hash("12345")
        #expect(try !Argon2id.verify("12346", against: encoded))
        #expect(try !Argon2id.verify("12345\0", against: encoded))
        #expect(try !Argon2id.verify("", against: encoded))
    }

    @Test func theSaltIsFresh() throws {
        #expect(try cheap.hash("same") != cheap.hash("same"))
    }

    /// From the library's own test vectors (`src/test.c`).
    @Test func knownVectorMatches() throws {
        let encoded =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        #expect(try Argon2id.verify("password", against: encoded))
        #expect(try !Argon2id.verify("passwore", against: encoded))
    }

    @Test func theDefaultIsOwaspsFirstChoice() throws {
        #expect(try Argon2id().hash("12345").hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
    }

    @Test func nothingMatchesTheUnmatchable() throws {
        #expect(try !Argon2id.verify("", against: cheap.unmatchable))
        #expect(try !Argon2id.verify("12345", against: Argon2id().unmatchable))
    }

    @Test func aDamagedHashIsAnErrorAndNotAMismatch() {
        #expect(throws: Argon2Error.self) { try Argon2id.verify("12345", against: "$argon2id$v=19$m=64") }
        #expect(throws: Argon2Error.self) { try Argon2id.verify("12345", against: "12345") }
    }

    @Test func impossibleParametersAreRefusedInTheLibrarysWords() {
        let broken = Argon2id(parameters: Argon2Parameters(memoryKiB: 1, iterations: 1, parallelism: 1))
        let error = #expect(throws: Argon2Error.self) { try broken.hash("12345") }
        #expect(error?.description == "hash password failed: Memory cost is too small (-14)")
    }
}
