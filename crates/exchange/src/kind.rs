//! What the values of a column are, by the types that the file gives it.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

/// What the values of a column are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A whole number that is never negative.
    Uint,
    /// A number.
    Float,
    /// An exact number with so many decimals.
    Decimal(u32),
    /// Days since 1970.
    Date,
    /// An instant, in so many nanoseconds since 1970.
    Instant { unit_ns: i64 },
    /// Text, or bytes that may be text.
    Text,
    /// A value of JSON.
    Json,
    /// Sixteen bytes.
    Uuid,
}

/// The most decimals; the sixteen bytes of the widest numbers hold no more.
const DECIMALS_MAX: i32 = 38;

const MILLI: Kind = Kind::Instant { unit_ns: 1_000_000 };
const MICRO: Kind = Kind::Instant { unit_ns: 1_000 };

impl Kind {
    /// What a column is, or why it cannot be read.
    pub fn of(column: &ColumnDescriptor) -> Result<Self, &'static str> {
        if column.path().parts().len() > 1 {
            return Err("nested; write lists, maps and structs as JSON (in DuckDB: to_json(x))");
        }
        if column.max_rep_level() > 0 {
            return Err("a list; write it as JSON (in DuckDB: to_json(x))");
        }
        let kind = match column.logical_type_ref() {
            Some(logical) => by_logical(logical, column)?,
            None => by_converted(column)?,
        };
        if kind.is_of(column.physical_type(), column.type_length()) {
            Ok(kind)
        } else {
            Err("of two types that do not go together: the file is damaged")
        }
    }

    /// Whether a column that is stored as `physical` can be of this kind.
    fn is_of(self, physical: Type, length: i32) -> bool {
        match self {
            Self::Bool => physical == Type::BOOLEAN,
            Self::Int | Self::Uint => matches!(physical, Type::INT32 | Type::INT64),
            Self::Float => matches!(physical, Type::FLOAT | Type::DOUBLE),
            Self::Decimal(_) => match physical {
                Type::FIXED_LEN_BYTE_ARRAY => (1..=16).contains(&length),
                other => matches!(other, Type::INT32 | Type::INT64 | Type::BYTE_ARRAY),
            },
            Self::Date => physical == Type::INT32,
            Self::Instant { .. } => matches!(physical, Type::INT64 | Type::INT96),
            Self::Text | Self::Json => physical == Type::BYTE_ARRAY,
            Self::Uuid => physical == Type::FIXED_LEN_BYTE_ARRAY && length == 16,
        }
    }
}

fn by_logical(logical: &LogicalType, column: &ColumnDescriptor) -> Result<Kind, &'static str> {
    Ok(match logical {
        LogicalType::String | LogicalType::Enum => Kind::Text,
        LogicalType::Json => Kind::Json,
        LogicalType::Uuid => Kind::Uuid,
        LogicalType::Date => Kind::Date,
        LogicalType::Decimal(decimal) => decimal_of(decimal.scale)?,
        LogicalType::Integer(integer) => {
            if integer.is_signed {
                Kind::Int
            } else {
                Kind::Uint
            }
        }
        LogicalType::Timestamp(timestamp) => match timestamp.unit {
            TimeUnit::MILLIS => MILLI,
            TimeUnit::MICROS => MICRO,
            TimeUnit::NANOS => Kind::Instant { unit_ns: 1 },
        },
        LogicalType::Time(_) => return Err(TIME_OF_DAY),
        LogicalType::Unknown => return by_physical(column),
        _ => return Err(STRANGE),
    })
}

fn by_converted(column: &ColumnDescriptor) -> Result<Kind, &'static str> {
    Ok(match column.converted_type() {
        ConvertedType::NONE => return by_physical(column),
        ConvertedType::UTF8 | ConvertedType::ENUM => Kind::Text,
        ConvertedType::JSON => Kind::Json,
        ConvertedType::DATE => Kind::Date,
        ConvertedType::DECIMAL => decimal_of(column.type_scale())?,
        ConvertedType::TIMESTAMP_MILLIS => MILLI,
        ConvertedType::TIMESTAMP_MICROS => MICRO,
        ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS => return Err(TIME_OF_DAY),
        ConvertedType::INT_8 | ConvertedType::INT_16 | ConvertedType::INT_32 | ConvertedType::INT_64 => {
            Kind::Int
        }
        ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
            Kind::Uint
        }
        _ => return Err(STRANGE),
    })
}

fn by_physical(column: &ColumnDescriptor) -> Result<Kind, &'static str> {
    Ok(match column.physical_type() {
        Type::BOOLEAN => Kind::Bool,
        Type::INT32 | Type::INT64 => Kind::Int,
        Type::INT96 => Kind::Instant { unit_ns: 1 },
        Type::FLOAT | Type::DOUBLE => Kind::Float,
        Type::BYTE_ARRAY => Kind::Text,
        Type::FIXED_LEN_BYTE_ARRAY => return Err("of bytes; write it as text"),
    })
}

fn decimal_of(scale: i32) -> Result<Kind, &'static str> {
    let scale = u32::try_from(scale).ok().filter(|_| scale <= DECIMALS_MAX);
    scale.map(Kind::Decimal).ok_or("a number with more decimals than can be read")
}

const TIME_OF_DAY: &str = "a time of day, which no property is; write it as text";
const STRANGE: &str = "of a type that no property has; write it as text or as JSON";
