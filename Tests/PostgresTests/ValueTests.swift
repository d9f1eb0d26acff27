import Foundation
import Postgres
import TestSupport
import Testing

private enum Mood: String, PostgresCodable {
    case happy, sad
}

private struct Identifier: RawRepresentable, Equatable, PostgresCodable {
    let rawValue: Int64
}

private struct Point: Codable, Equatable {
    var x: Int
    var name: String?
}

/// What goes into the database comes out of it.
@Suite struct ValueTests {
    @Test func everyTypeComesBackAsItWas() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            func roundTrip<T: PostgresCodable & Equatable>(_ value: T, _ type: String) async throws {
                let read = try await pool.first("SELECT \(value)::\(SQL(verbatim: type))", as: T.self)
                #expect(read == value)
                let array = try await pool.first("SELECT \([value, value])::\(SQL(verbatim: type))[]", as: [T].self)
                #expect(array == [value, value])
                #expect(try await pool.first("SELECT \([T]())::\(SQL(verbatim: type))[]", as: [T].self) == [])
                #expect(
                    try await pool.first("SELECT \(T?.none)::\(SQL(verbatim: type)) IS NULL", as: Bool.self) == true
                )
            }
            for value in [0, -1, Int.max, Int.min] { try await roundTrip(value, "int8") }
            for value in [0, Int32.max, Int32.min] as [Int32] { try await roundTrip(value, "int4") }
            for value in [0, Int16.max, Int16.min] as [Int16] { try await roundTrip(value, "int2") }
            for value in [0, -1.5, Double.pi, .infinity, .leastNonzeroMagnitude] {
                try await roundTrip(value, "float8")
            }
            for value in [0, Int64.max, Int64.min] { try await roundTrip(Identifier(rawValue: value), "int8") }
            try await roundTrip(Float(0.1), "float4")
            for value in [true, false] { try await roundTrip(value, "bool") }
            for value in ["", "it's \\ \"q\"", "视频 🎬\n\t", "$1"] { try await roundTrip(value, "text") }
            try await roundTrip(UUID(), "uuid")
            for value in [Duration.milliseconds(1234), Duration.seconds(-86_400 * 400), Duration.zero] {
                try await roundTrip(value, "interval")
            }
            for value in [
                Date(timeIntervalSince1970: 0), .distantPast, .distantFuture,
                Date(timeIntervalSince1970: 1_700_000_000.25),
            ] {
                try await roundTrip(value, "timestamptz")
            }
            try await roundTrip(PostgresJSON(Point(x: 1, name: "a\"b")), "jsonb")
        }
    }

    @Test func bytesAreBytes() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let bytes = (0...255).map { UInt8($0) }
            #expect(try await pool.first("SELECT \(bytes)", as: [UInt8].self) == bytes)
            #expect(try await pool.first("SELECT \([UInt8]())", as: [UInt8].self) == [])
        }
    }

    /// The binary form of an Int has eight bytes, whatever the column has.
    @Test func intFitsColumnsOfEveryWidth() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            try await pool.execute("CREATE TABLE t (small int2, middle int4, large int8, exact numeric)")
            let number = 7
            try await pool.execute("INSERT INTO t VALUES (\(number), \(number), \(number), \(number))")
            let found = try await pool.query(
                """
                SELECT small, middle, large, exact FROM t WHERE small = \(number) AND middle = \(number)
                AND large = \(number) AND exact = \(number) AND middle = ANY (\([number])) LIMIT \(number)
                """,
                as: (Int, Int, Int, Int).self
            )
            #expect(found.count == 1 && found[0] == (7, 7, 7, 7))
            try await pool.execute("UPDATE t SET middle = \(Int?.none)")
            #expect(try await pool.first("SELECT middle FROM t", as: Int?.self) == .some(nil))
            let error = await #expect(throws: PostgresError.self) {
                try await pool.execute("UPDATE t SET middle = \(Int.max)")
            }
            #expect(error?.isA(SQLState(rawValue: "22003")) == true)
        }
    }

    @Test func textFitsEnumsUuidsAndJson() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            try await pool.execute("CREATE TYPE mood AS ENUM ('happy', 'sad')")
            try await pool.execute("CREATE TABLE t (mood mood, id uuid, data jsonb)")
            let id = UUID()
            try await pool.execute("INSERT INTO t VALUES (\(Mood.sad), \(id.uuidString), \(#"{"x": 1}"#))")
            let row = try #require(try await pool.query("SELECT * FROM t WHERE mood = \("sad")").first)
            let (mood, read, point) = try row.decode((Mood, UUID, PostgresJSON<Point>).self)
            #expect(mood == .sad && read == id && point.value == Point(x: 1))
            #expect(try row.get("mood", as: String.self) == "sad")
        }
    }

    @Test func sumsAndAveragesAreRead() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let numbers = [1, 2, 4]
            let (sum, average) = try #require(
                try await pool.first("SELECT sum(n), avg(n) FROM unnest(\(numbers)) AS n", as: (Int, Double).self)
            )
            #expect(sum == 7 && abs(average - 7.0 / 3) < 1e-12)
            let exact = try await pool.query(
                "SELECT v FROM unnest('{0, -12345678.9012, 10000, 1e20, 0.0001}'::numeric[]) AS v",
                as: Double.self
            )
            #expect(exact == [0, -12_345_678.9012, 10_000, 1e20, 0.0001])
            #expect(try await pool.first("SELECT 9223372036854775807::numeric", as: Int.self) == .max)
            #expect(try await pool.first("SELECT (-9223372036854775808)::numeric", as: Int.self) == .min)
        }
    }

    @Test(arguments: [
        "SELECT NULL::int AS answer", "SELECT 'x'::text AS answer", "SELECT 1.5::numeric AS answer",
        "SELECT 1e30::numeric AS answer",
        "SELECT true AS answer", "SELECT '{1}'::int[] AS answer",
    ])
    func wrongShapeIsADecodingErrorThatNamesTheColumn(statement: String) async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let rows = try await pool.query(SQL(verbatim: statement))
            let error = #expect(throws: PostgresError.self) { try rows[0].decode(Int.self) }
            #expect(error?.kind == .decoding)
            #expect(error?.message.contains("answer") == true)
        }
    }

    @Test func errorsCarryTheStatementWithoutItsValues() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            try await pool.execute("CREATE TABLE t (name text CONSTRAINT names_are_unique UNIQUE)")
            let secret = "s3cret"
            try await pool.execute("INSERT INTO t VALUES (\(secret))")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.execute("INSERT INTO t VALUES (\(secret))")
            }
            #expect(error?.kind == .server(.uniqueViolation) && error?.constraint == "names_are_unique")
            #expect(error?.sql == "INSERT INTO t VALUES ($1)")
            #expect(error.map { "\($0)".contains(secret) } == false)
        }
    }
}
